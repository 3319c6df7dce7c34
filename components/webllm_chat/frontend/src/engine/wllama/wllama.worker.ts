import { expose } from 'comlink';
import { LocalEngineService } from '../hosts/service';
import { WllamaBackend } from './backend';

expose(new LocalEngineService(new WllamaBackend()));
