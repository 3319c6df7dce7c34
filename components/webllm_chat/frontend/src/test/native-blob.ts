/** Import for its effect: jsdom's Blob can be neither read nor put into a Response. */
import { Blob as NativeBlob } from 'node:buffer';

Object.defineProperty(globalThis, 'Blob', { value: NativeBlob, configurable: true });
