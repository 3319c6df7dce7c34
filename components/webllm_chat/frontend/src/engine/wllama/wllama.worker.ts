import { expose } from 'comlink';
import { WllamaBackend } from './backend';

expose(new WllamaBackend());
