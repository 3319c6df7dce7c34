import { WebWorkerMLCEngineHandler } from '@mlc-ai/web-llm';
import { expose } from 'comlink';
import { faults, rememberDevices } from './devices';

rememberDevices();

/** WebLLM's own handler; the first message brings the port for the faults. */
const handler = new WebWorkerMLCEngineHandler();
self.onmessage = ({ data }: MessageEvent<MessagePort>) => {
  expose(faults, data);
  self.onmessage = (event) => handler.onmessage(event);
};
