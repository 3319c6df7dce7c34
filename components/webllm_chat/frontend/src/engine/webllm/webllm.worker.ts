import { expose } from 'comlink';
import { LocalEngineService } from '../hosts/service';
import { WebLLMBackend } from './backend';

expose(new LocalEngineService(new WebLLMBackend()));
