import { expose } from 'comlink';
import { WebLLMBackend } from './backend';

expose(new WebLLMBackend());
