import { expose } from 'comlink';
import { serveEngines } from '../src/engine/hosts/serve';
import { WebLLMBackend } from '../src/engine/webllm/backend';
import { faults, rememberDevices } from './devices';

rememberDevices();

/** The app's own backend; the first message brings the port for the faults. */
self.addEventListener('message', ({ data }: MessageEvent<MessagePort>) => expose(faults, data), {
  once: true,
});
serveEngines(() => new WebLLMBackend());
