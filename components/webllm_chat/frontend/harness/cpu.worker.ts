import { expose } from 'comlink';
import { serveEngines } from '../src/engine/hosts/serve';
import { WllamaBackend } from '../src/engine/wllama/backend';
import { faults } from './devices';

/** The app's own backend on the CPU; the first message brings the port for the faults. */
self.addEventListener('message', ({ data }: MessageEvent<MessagePort>) => expose(faults, data), {
  once: true,
});
serveEngines(() => new WllamaBackend());
