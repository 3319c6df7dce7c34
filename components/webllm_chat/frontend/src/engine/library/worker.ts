/** The download service in its worker, which is started when first needed and again if it dies. */
import { proxy, type Remote, wrap } from 'comlink';
import type { DownloadEvent, DownloadService, Priority } from '../download/service';
import type { EmbeddedSource, ModelSource } from '../download/source';
import { CrashWatch } from '../hosts/crash-watch';

/** The service as the library sees it. */
export type Downloads = Pick<
  DownloadService,
  'isDurable' | 'inspect' | 'measure' | 'download' | 'dropParts' | 'remove' | 'removeAll' | 'gguf'
> & { stop(modelId: string, reason: string): Promise<void> };

export class DownloadWorker implements Downloads {
  #worker: { watch: CrashWatch; remote: Remote<DownloadService> } | undefined;

  isDurable = () => this.#call((remote) => remote.isDurable());
  inspect = (sources: ModelSource[]) => this.#call((remote) => remote.inspect(sources));
  measure = (source: ModelSource) => this.#call((remote) => remote.measure(source));
  download = (source: ModelSource, priority: Priority, onEvent: (event: DownloadEvent) => void) =>
    this.#call((remote) => remote.download(source, priority, proxy(onEvent)));
  stop = (modelId: string, reason: string) => this.#call((remote) => remote.stop(modelId, reason));
  dropParts = (source: ModelSource) => this.#call((remote) => remote.dropParts(source));
  remove = (source: ModelSource) => this.#call((remote) => remote.remove(source));
  removeAll = (sources: ModelSource[]) => this.#call((remote) => remote.removeAll(sources));
  gguf = (source: EmbeddedSource) => this.#call((remote) => remote.gguf(source));

  async #call<T>(work: (remote: Remote<DownloadService>) => Promise<T>): Promise<T> {
    const { watch, remote } = this.#open();
    return watch.orCrash(work(remote));
  }

  #open() {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('../download/download.worker.ts', import.meta.url), {
      type: 'module',
    });
    const watch = new CrashWatch(worker);
    worker.addEventListener('error', () => {
      watch.terminate();
      this.#worker = undefined;
    });
    this.#worker = { watch, remote: wrap<DownloadService>(worker) };
    return this.#worker;
  }
}
