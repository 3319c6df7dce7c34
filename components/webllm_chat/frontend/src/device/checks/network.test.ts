import { afterEach, describe, expect, it, vi } from 'vitest';
import { aContext } from '../../test/checks';
import { CHECKS } from './index';

const CONFIG = 'https://mirror.example/m/mlc-chat-config.json';

afterEach(() => {
  vi.unstubAllGlobals();
});

function look(fetch: (init: RequestInit) => Promise<Response>, patienceS = 5) {
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => fetch(init));
  const places = { config: CONFIG, library: null, embedded: null, patienceS };
  const check = CHECKS.find(({ id }) => id === 'model-hub');
  return check?.run(aContext({ places }));
}

const refused = async () => {
  throw new TypeError('Failed to fetch');
};

describe('a model host', () => {
  it('that answers passes', async () => {
    const found = await look(async () => new Response('{}'));
    expect(found).toMatchObject({ result: 'pass', facts: { host: 'mirror.example', bytes: 2 } });
  });

  it('without CORS is told from one that is down', async () => {
    const found = await look(async ({ mode }) =>
      mode === 'no-cors' ? new Response() : await refused(),
    );
    expect(found).toMatchObject({ result: 'fail', reason: 'cors' });
    expect(await look(refused)).toMatchObject({ result: 'fail', reason: 'unreachable' });
  });

  it('that refuses is named with what it said', async () => {
    const found = await look(async () => new Response('', { status: 503 }));
    expect(found).toMatchObject({ result: 'fail', reason: 'http' });
    expect(found?.value).toContain('HTTP 503');
  });

  it('that takes longer than the app waits is slow', async () => {
    const found = await look(async () => new Response('{}'), -1);
    expect(found).toMatchObject({ result: 'warn', reason: 'slow' });
  });

  it('that breaks off after its answer is out of reach', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError()) });
    const found = await look(async () => new Response(broken));
    expect(found).toMatchObject({ result: 'fail', reason: 'unreachable' });
    expect(found?.value).toContain('broke off');
  });
});
