import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anEntry, EMBEDDED } from '../../test/fixtures';
import type { Tally } from '../download/model-files';
import type { DownloadEvent, Priority } from '../download/service';
import type { ModelSource } from '../download/source';
import { namedError } from '../errors';
import { ModelLibrary } from './library';
import type { TabMessage, Tabs } from './tabs';
import type { Downloads } from './worker';

const A = anEntry({ model_id: 'a', model: 'https://hub.example/a' });
const B = anEntry({ model_id: 'b', model: 'https://hub.example/b' });
const TOTAL = 1000;

/** One download as the worker was asked for it. */
interface Call {
  modelId: string;
  priority: Priority;
  emit: (event: DownloadEvent) => void;
  finish: () => void;
  fail: (error: unknown) => void;
}

class FakeDownloads implements Downloads {
  readonly disk = new Map<string, number>();
  readonly calls: Call[] = [];
  readonly dropped: string[] = [];
  readonly removed: string[] = [];
  removedAll = false;

  tally(modelId: string): Tally {
    const received = this.disk.get(modelId) ?? 0;
    const known = received > 0;
    return {
      received,
      total: known ? TOTAL : 0,
      exact: known,
      complete: received === TOTAL,
    };
  }

  isDurable = async () => true;
  inspect = async (sources: ModelSource[]) => sources.map(({ modelId }) => this.tally(modelId));
  measure = async ({ modelId }: ModelSource) => ({
    ...this.tally(modelId),
    total: TOTAL,
    exact: true,
  });
  download = (
    { modelId }: ModelSource,
    priority: Priority,
    onEvent: (event: DownloadEvent) => void,
  ) =>
    new Promise<void>((resolve, reject) => {
      this.calls.push({
        modelId,
        priority,
        emit: onEvent,
        finish: () => {
          this.disk.set(modelId, TOTAL);
          resolve();
        },
        fail: reject,
      });
      if (this.disk.get(modelId) === TOTAL) resolve();
    });
  stop = async (modelId: string, reason: string) => {
    this.calls.findLast((call) => call.modelId === modelId)?.fail(namedError(reason, 'ended'));
  };
  dropParts = async ({ modelId }: ModelSource) => void this.dropped.push(modelId);
  remove = async ({ modelId }: ModelSource) => {
    this.disk.delete(modelId);
    this.removed.push(modelId);
    return ['sibling'];
  };
  removeAll = async () => {
    this.disk.clear();
    this.removedAll = true;
  };
  gguf = async () => new Blob(['gguf']);

  progress(modelId: string, received: number): void {
    this.disk.set(modelId, received);
    const tally = { received, total: TOTAL, exact: true, complete: false };
    this.calls.findLast((call) => call.modelId === modelId)?.emit({ type: 'progress', tally });
  }
}

class FakeTabs {
  readonly told: TabMessage[] = [];
  locks = new Set<string>();
  hear: (message: TabMessage) => void = () => {};
  free: () => void = () => {};
  listen(listener: (message: TabMessage) => void): void {
    this.hear = listener;
  }
  tell(message: TabMessage): void {
    this.told.push(message);
  }
  async whenFree(_: string, callback: () => void): Promise<void> {
    this.free = callback;
  }
  async held(locks: string[]): Promise<Set<string>> {
    return new Set(locks.filter((lock) => this.locks.has(lock)));
  }
}

let downloads: FakeDownloads;
let tabs: FakeTabs;
let library: ModelLibrary;

beforeEach(async () => {
  downloads = new FakeDownloads();
  tabs = new FakeTabs();
  library = new ModelLibrary(downloads, tabs as unknown as Tabs);
  library.configure({
    catalog: [A, B],
    embedded: EMBEDDED,
    appAddress: 'https://app.example/',
    cacheBackend: 'cache',
  });
  await library.refresh();
});
afterEach(() => vi.unstubAllGlobals());

const files = (modelId = 'a') => library.state.getState().files[modelId];
const started = (count: number) => vi.waitFor(() => expect(downloads.calls).toHaveLength(count));
const begin = async (modelId: string, priority: Priority = 'background') => {
  const before = downloads.calls.length;
  const result = library.download(modelId, { priority });
  result.catch(() => {});
  await started(before + 1);
  return { result };
};
const call = (index: number) => downloads.calls[index] as Call;

describe('what is here', () => {
  it('is estimated by the catalog before anything is known', () => {
    expect(files()).toMatchObject({ state: 'absent', received: 0, total: 200e6, exact: false });
  });

  it('is said after a reload, with true bytes', async () => {
    downloads.disk.set('a', 412);
    await library.refresh();
    expect(files()).toMatchObject({ state: 'partial', received: 412, total: TOTAL, exact: true });
  });

  it('is known for one model before the first look at all is over', async () => {
    expect(await library.isComplete('a')).toBe(false);
    downloads.disk.set('a', TOTAL);
    expect(await library.isComplete('a')).toBe(true);
  });

  it('is looked at again when another tab changed it', async () => {
    downloads.disk.set('a', TOTAL);
    tabs.hear({ type: 'changed' });
    await vi.waitFor(() => expect(files()?.state).toBe('complete'));
  });
});

describe('download', () => {
  it('tells how far it is, never less than before, and ends complete', async () => {
    const { result } = await begin('a');
    expect(files()?.state).toBe('downloading');
    downloads.progress('a', 600);
    expect(files()).toMatchObject({ received: 600, total: TOTAL, exact: true });
    downloads.progress('a', 500);
    expect(files()?.received).toBe(600);
    call(0).finish();
    await result;
    expect(files()).toMatchObject({ state: 'complete', received: TOTAL, bytesPerS: null });
  });

  it('joins one that runs', async () => {
    const { result } = await begin('a', 'foreground');
    const second = library.download('a', { priority: 'foreground' });
    call(0).finish();
    await Promise.all([result, second]);
  });

  it('does not wait in line for a model that is here', async () => {
    await begin('b');
    downloads.disk.set('a', TOTAL);
    await library.download('a', { priority: 'background' });
    expect(files('b')?.state).toBe('downloading');
  });

  it('names its failure, keeps what came, and can be tried again', async () => {
    const { result } = await begin('a');
    downloads.progress('a', 300);
    call(0).fail(namedError('CorruptFileError', 'bad'));
    await expect(result).rejects.toThrow('bad');
    expect(files()).toMatchObject({ state: 'partial', received: 300 });
    expect(files()?.error?.kind).toBe('corrupt-file');
    await begin('a');
    expect(files()?.error).toBeNull();
  });

  it('waits in line behind another in the background', async () => {
    await begin('a');
    void library.download('b', { priority: 'background' }).catch(() => {});
    await vi.waitFor(() => expect(files('b')?.state).toBe('queued'));
    call(0).finish();
    await started(2);
    expect(call(1).modelId).toBe('b');
  });

  it('in the foreground goes first; the one in the background goes on afterwards', async () => {
    const { result } = await begin('a');
    await begin('b', 'foreground');
    expect(files('a')?.state).toBe('queued');
    expect(files('b')?.state).toBe('downloading');
    call(1).finish();
    await started(3);
    expect(call(2)).toMatchObject({ modelId: 'a', priority: 'background' });
    call(2).finish();
    await result;
  });

  it('is brought to the foreground by who needs it now', async () => {
    await begin('a');
    void library.download('a', { priority: 'foreground' });
    await started(2);
    expect(call(1)).toMatchObject({ modelId: 'a', priority: 'foreground' });
  });

  it('refuses a model it does not know', async () => {
    const unknown = library.download('nonesuch', { priority: 'foreground' });
    await expect(unknown).rejects.toMatchObject({ name: 'UnknownModelError' });
  });

  it('asks the browser to keep what is stored when the visitor wants it, not before', async () => {
    const persist = vi.fn(async () => true);
    vi.stubGlobal('navigator', {
      storage: { persisted: async () => false, persist, estimate: async () => ({}) },
    });
    await begin('a');
    expect(persist).not.toHaveBeenCalled();
    void library.download('b', { priority: 'background', byVisitor: true });
    await vi.waitFor(() => expect(persist).toHaveBeenCalledOnce());
  });
});

describe('pause, resume, cancel', () => {
  it('pauses with what has come, and goes on', async () => {
    const { result } = await begin('a', 'foreground');
    downloads.progress('a', 400);
    await library.pause('a');
    await expect(result).rejects.toMatchObject({ name: 'DownloadPausedError' });
    expect(files()).toMatchObject({ state: 'paused', received: 400, error: null });
    const again = library.resume('a');
    await started(2);
    expect(call(1).priority).toBe('foreground');
    call(1).finish();
    await again;
    expect(files()?.state).toBe('complete');
  });

  it('pauses what waits in line, and lets the next one run', async () => {
    await begin('a');
    const waiting = library.download('b', { priority: 'background' });
    waiting.catch(() => {});
    await vi.waitFor(() => expect(files('b')?.state).toBe('queued'));
    await library.pause('b');
    await expect(waiting).rejects.toMatchObject({ name: 'DownloadPausedError' });
    expect(files('b')?.state).toBe('paused');
    expect(downloads.calls).toHaveLength(1);
  });

  it('starts anew when it is asked for while it is being paused', async () => {
    await begin('a', 'foreground');
    const paused = library.pause('a');
    const again = library.download('a', { priority: 'foreground' });
    await paused;
    await started(2);
    call(1).finish();
    await again;
  });

  it('cancels, and drops parts of files', async () => {
    const { result } = await begin('a');
    downloads.progress('a', 400);
    await library.cancel('a');
    await expect(result).rejects.toMatchObject({ name: 'DownloadCancelledError' });
    expect(downloads.dropped).toEqual(['a']);
    expect(files()?.state).toBe('partial');
  });
});

describe('delete', () => {
  it('ends the download, removes the files, and says for whom some were kept', async () => {
    const { result } = await begin('a');
    downloads.progress('a', 400);
    expect(await library.delete('a')).toEqual(['sibling']);
    await expect(result).rejects.toMatchObject({ name: 'DownloadCancelledError' });
    expect(files()).toMatchObject({ state: 'absent', received: 0, total: TOTAL });
    expect(tabs.told).toContainEqual({ type: 'cancel', modelId: 'a' });
  });

  it('deletes all', async () => {
    downloads.disk.set('a', TOTAL);
    await begin('b');
    await library.deleteAll();
    expect(downloads.removedAll).toBe(true);
    expect(files('a')?.state).toBe('absent');
    expect(files('b')?.state).toBe('absent');
  });

  it('in another tab ends this one’s download', async () => {
    const { result } = await begin('a');
    tabs.hear({ type: 'cancel', modelId: 'a' });
    await expect(result).rejects.toMatchObject({ name: 'DownloadCancelledError' });
  });
});

describe('another tab', () => {
  const lock = 'webllm-chat/model cache https://hub.example/a/resolve/main/';
  const theirs = (received: number): TabMessage => ({
    type: 'progress',
    files: {
      modelId: 'a',
      state: 'downloading',
      received,
      total: TOTAL,
      exact: true,
      bytesPerS: 100,
      error: null,
      elsewhere: false,
      onServer: null,
    },
  });

  it('that downloads is seen, and so is its end', async () => {
    tabs.locks.add(lock);
    tabs.hear(theirs(500));
    expect(files()).toMatchObject({ state: 'downloading', elsewhere: true, received: 500 });
    downloads.disk.set('a', TOTAL);
    tabs.locks.clear();
    tabs.free();
    await vi.waitFor(() => expect(files()).toMatchObject({ state: 'complete', elsewhere: false }));
  });

  it('that is closed in the middle leaves a partial model', async () => {
    tabs.locks.add(lock);
    tabs.hear(theirs(500));
    downloads.disk.set('a', 450);
    tabs.locks.clear();
    tabs.free();
    await vi.waitFor(() => expect(files()).toMatchObject({ state: 'partial', received: 450 }));
  });

  it('is waited for, and its progress shown meanwhile', async () => {
    await begin('a', 'foreground');
    call(0).emit({ type: 'elsewhere' });
    expect(files()).toMatchObject({ state: 'downloading', elsewhere: true });
    tabs.hear(theirs(700));
    expect(files()).toMatchObject({ received: 700, elsewhere: true });
    downloads.progress('a', 800);
    expect(files()).toMatchObject({ received: 800, elsewhere: false });
  });

  it('hears of this one’s progress, once a second at most', async () => {
    await begin('a');
    for (let received = 1; received < 100; received += 1) downloads.progress('a', received);
    const told = tabs.told.filter(({ type }) => type === 'progress');
    expect(told).toHaveLength(1);
  });
});

describe('before a download', () => {
  it('says how large it is', async () => {
    expect(await library.sizeOf('a')).toEqual({ bytes: TOTAL, exact: true });
    expect(files()).toMatchObject({ state: 'absent', total: TOTAL, exact: true });
  });

  it('says how much room it needs and there is', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 900, usage: 200 }) } });
    downloads.disk.set('a', 100);
    expect(await library.room('a')).toEqual({ needed: 900, free: 700 });
  });

  it('asks for no room for the embedded model, which memory can hold', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 1, usage: 1 }) } });
    expect(await library.room(EMBEDDED.model_id)).toBe('unknown');
  });

  it('says where it does not know', async () => {
    vi.stubGlobal('navigator', {});
    expect(await library.room('a')).toBe('unknown');
  });
});

describe('loadFiles', () => {
  it('tells WebLLM where its files were put', async () => {
    const { weights } = await library.loadFiles('a');
    expect(weights).toMatchObject({
      model: 'https://hub.example/a/resolve/main/',
      modelLib: A.model_lib,
      cacheBackend: 'cache',
    });
  });

  it('gives the embedded model’s file', async () => {
    expect((await library.loadFiles(EMBEDDED.model_id)).gguf).toBeInstanceOf(Blob);
  });
});
