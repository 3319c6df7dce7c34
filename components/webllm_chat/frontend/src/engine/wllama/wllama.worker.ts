import { serveEngines } from '../hosts/serve';
import { WllamaBackend } from './backend';

serveEngines(() => new WllamaBackend());
