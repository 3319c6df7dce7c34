import { serveEngines } from '../hosts/serve';
import { WebLLMBackend } from './backend';

serveEngines(() => new WebLLMBackend());
