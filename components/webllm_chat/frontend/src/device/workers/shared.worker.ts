/** Answers each page that connects whether WebGPU works in a shared worker. */
import { lookForGpu } from './answer';

declare const self: SharedWorkerGlobalScope;

self.onconnect = ({ ports }) => {
  void lookForGpu().then((answer) => ports[0]?.postMessage(answer));
};
