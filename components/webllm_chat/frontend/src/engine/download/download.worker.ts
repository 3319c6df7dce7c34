import { expose } from 'comlink';
import { ensureModelFiles, type ModelSource } from '../webllm/files';
import { openChunkStore } from './chunk-store';
import { downloadEmbedded, type EmbeddedProgress } from './embedded';

const api = {
  /** Fills WebLLM's caches; see `ensureModelFiles`. */
  webllm(
    source: ModelSource,
    onProgress: (received: number, total: number) => void,
  ): Promise<void> {
    return ensureModelFiles(source, onProgress);
  },

  async embedded(
    directory: string,
    statusFile: string,
    onProgress: (progress: EmbeddedProgress) => void,
  ): Promise<{ gguf: Blob; durable: boolean }> {
    const store = await openChunkStore();
    const gguf = await downloadEmbedded(directory, statusFile, store, onProgress);
    return { gguf, durable: store.durable };
  },
};

export type DownloadApi = typeof api;

expose(api);
