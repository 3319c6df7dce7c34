import { afterEach, describe, expect, it, vi } from 'vitest';
import { anEntry } from '../test/fixtures';
import { canBeHad, configAddress } from './hub';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('configAddress', () => {
  it.each([
    ['https://hub.example/user/model', 'https://hub.example/user/model/resolve/main/'],
    ['https://hub.example/user/model/', 'https://hub.example/user/model/resolve/main/'],
    ['https://hub.example/user/model/resolve/v2/', 'https://hub.example/user/model/resolve/v2/'],
    ['https://hub.example/user/model/resolve/v2', 'https://hub.example/user/model/resolve/v2/'],
  ])('finds the configuration of %s as WebLLM does', (model, folder) => {
    expect(configAddress(model)).toBe(`${folder}mlc-chat-config.json`);
  });
});

const BASE = 'https://app.example/';

describe('canBeHad', () => {
  const entry = anEntry();
  const config = configAddress(entry.model as string);

  function stubFetch(answer: (url: string) => Response | Promise<Response>) {
    const fetch = vi.fn((url: string, _: RequestInit) => Promise.resolve(answer(url)));
    vi.stubGlobal('fetch', fetch);
    return fetch;
  }

  it('asks for the configuration and the library, and fetches neither', async () => {
    const fetch = stubFetch(() => new Response());
    expect(await canBeHad(entry, 5, BASE)).toBe(true);
    expect(fetch.mock.calls.map(([url]) => url).sort()).toEqual([entry.model_lib, config].sort());
    expect(fetch.mock.calls.every(([, init]) => init.method === 'HEAD')).toBe(true);
  });

  it('is false when either is missing', async () => {
    stubFetch((url) => new Response(null, { status: url === entry.model_lib ? 404 : 200 }));
    expect(await canBeHad(entry, 5, BASE)).toBe(false);
    stubFetch((url) => new Response(null, { status: url === config ? 404 : 200 }));
    expect(await canBeHad(entry, 5, BASE)).toBe(false);
  });

  it('is false when the hub cannot be reached', async () => {
    stubFetch(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await canBeHad(entry, 5, BASE)).toBe(false);
  });

  it('waits no longer for the hub than it is told', async () => {
    vi.stubGlobal(
      'fetch',
      (_: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    expect(await canBeHad(entry, 0.01, BASE)).toBe(false);
  });

  it('is false for a model without addresses', async () => {
    expect(await canBeHad(anEntry({ model: null }), 5, BASE)).toBe(false);
    expect(await canBeHad(anEntry({ model_lib: null }), 5, BASE)).toBe(false);
  });

  it('finds a mirror on the app’s own server', async () => {
    const fetch = stubFetch(() => new Response());
    const mirrored = anEntry({ model: 'app/static/mirror/m/', model_lib: '/libs/m.wasm' });
    expect(await canBeHad(mirrored, 5, 'https://app.example/chat/')).toBe(true);
    expect(fetch.mock.calls.map(([url]) => url).sort()).toEqual([
      'https://app.example/chat/app/static/mirror/m/resolve/main/mlc-chat-config.json',
      'https://app.example/libs/m.wasm',
    ]);
  });
});
