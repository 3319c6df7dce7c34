/** Where models and conversations are kept. Each kind of storage is really written to. */
import { size } from '../units';
import { type Check, fail, pass, warn } from './check';

const NAME = 'webllm-diagnostics';

export const STORAGE_CHECKS: Check[] = [
  {
    id: 'storage-quota',
    group: 'storage',
    title: 'Room for models',
    why: 'A model is downloaded once and kept; without room it is downloaded on every visit.',
    needs: ['secure-context'],
    run: async ({ modelBytes }) => {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate();
      const free = quota - usage;
      const value = `${size(free)} free, ${size(usage)} used`;
      const facts = { usage, quota };
      if (modelBytes === null || free >= 2 * modelBytes) return pass(value, facts);
      return free >= modelBytes
        ? warn(`${value}: room for the first model only`, facts)
        : fail(`${value}: the first model takes ${size(modelBytes)}`, facts);
    },
  },
  {
    id: 'storage-persistent',
    group: 'storage',
    title: 'Lasting storage',
    why: 'Where it is not granted the browser may delete models when the disk gets full.',
    needs: ['secure-context'],
    run: async () =>
      (await navigator.storage.persisted()) ? pass('granted') : warn('not granted'),
  },
  {
    id: 'cache-api',
    group: 'storage',
    title: 'Cache for model files',
    why: 'The GPU’s models are kept there.',
    needs: ['secure-context'],
    run: () => writes(writeCache),
  },
  {
    id: 'indexeddb',
    group: 'storage',
    title: 'Database (IndexedDB)',
    why: 'Conversations are kept there, in this browser only.',
    run: () => writes(writeDatabase),
  },
  {
    id: 'opfs',
    group: 'storage',
    title: 'Private files (OPFS)',
    why: 'Large files are kept there.',
    needs: ['secure-context'],
    run: () => writes(writeFile),
  },
];

async function writes(write: () => Promise<boolean>) {
  try {
    return (await write()) ? pass('written and read') : fail('what was written could not be read');
  } catch (error) {
    return { ...fail(`refused (${nameOf(error)})`), reason: 'refused' };
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

async function writeCache(): Promise<boolean> {
  const cache = await caches.open(NAME);
  const address = `${window.location.origin}/${NAME}`;
  try {
    await cache.put(address, new Response('here'));
    return (await (await cache.match(address))?.text()) === 'here';
  } finally {
    await caches.delete(NAME);
  }
}

async function writeDatabase(): Promise<boolean> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('notes');
  const database = await settled(opening);
  try {
    const store = () => database.transaction('notes', 'readwrite').objectStore('notes');
    await settled(store().put('here', 'note'));
    return (await settled(store().get('note'))) === 'here';
  } finally {
    database.close();
    indexedDB.deleteDatabase(NAME);
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Safari writes such files only in workers; that one can be made there is enough. */
async function writeFile(): Promise<boolean> {
  const folder = await navigator.storage.getDirectory();
  const file = await folder.getFileHandle(NAME, { create: true });
  try {
    if (!('createWritable' in file))
      return (await (file as FileSystemFileHandle).getFile()).size === 0;
    const writer = await file.createWritable();
    await writer.write('here');
    await writer.close();
    return (await (await file.getFile()).text()) === 'here';
  } finally {
    await folder.removeEntry(NAME);
  }
}
