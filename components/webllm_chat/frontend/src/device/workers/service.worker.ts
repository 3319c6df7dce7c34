/** Answers a message, through the port it brings, whether WebGPU works in a service worker. */
import { lookForGpu } from './answer';

declare const self: ServiceWorkerGlobalScope;

self.onmessage = (event) => {
  event.waitUntil(lookForGpu().then((answer) => event.ports[0]?.postMessage(answer)));
};
