import { afterEach, describe, expect, it, vi } from 'vitest';
import catalogFile from '../../../catalog.json';
import type { Offer } from '../bridge/protocol';
import { anEntry, F16, F32 } from '../test/fixtures';
import { classify } from './errors';
import { type FetchJson, OfferedModels } from './offer';

const UNNAMED = anEntry({ model_id: 'unnamed', named: false });
const OWN = anEntry({ model_id: 'own', custom: true });
const FILE = `../app.webllm_chat_offers/${'0f'.repeat(32)}.json`;

const offer = (fields: Partial<Offer>): Offer => ({
  catalog: null,
  listed: null,
  file: null,
  ...fields,
});
const LADDER = offer({ catalog: 'ladder' });

/** A server with the catalogue and one file of the operator's. */
function served(rows: unknown = []) {
  const asked: string[] = [];
  const fetchJson: FetchJson = async (address) => {
    asked.push(address);
    return address.endsWith(FILE.slice(2)) ? rows : { models: [F16, F32, UNNAMED] };
  };
  return { offered: new OfferedModels(fetchJson), asked };
}

async function idsOf(offered: OfferedModels, wanted: Offer): Promise<string[]> {
  offered.want(wanted);
  await offered.ready();
  return offered.state.getState().entries.map(({ model_id }) => model_id);
}

describe('the models on offer', () => {
  it('are those that the ladder climbs, or all', async () => {
    expect(await idsOf(served().offered, LADDER)).toEqual([F16.model_id, F32.model_id]);
    expect(await idsOf(served().offered, offer({ catalog: 'all' }))).toEqual([
      F16.model_id,
      F32.model_id,
      'unnamed',
    ]);
  });

  it('are listed by id or as entries, in their order; an unknown id is left out', async () => {
    const { offered } = served();
    const listed = JSON.stringify(['unnamed', OWN, 'of another version', F16.model_id]);
    expect(await idsOf(offered, offer({ listed }))).toEqual(['unnamed', 'own', F16.model_id]);
    expect(offered.state.getState().entries[1]).toEqual(OWN);
  });

  it('come from a file beside the component, and the catalogue only where it is needed', async () => {
    const { offered, asked } = served([OWN]);
    expect(await idsOf(offered, offer({ file: FILE }))).toEqual(['own']);
    expect(asked).toEqual([new URL(FILE, document.baseURI).href]);
  });

  it.each([
    'https://elsewhere.example/list.json',
    '//elsewhere.example/list.json',
    `../../${'0f'.repeat(32)}.json`,
    `../app/${'0f'.repeat(32)}.json?x`,
    '../app.webllm_chat_offers/list.json',
  ])('never come from %s', async (file) => {
    const { offered, asked } = served();
    offered.want(offer({ file }));
    await expect(offered.ready()).rejects.toThrow('not on this server');
    expect(asked).toEqual([]);
  });

  it('are fetched once, however often the page is drawn, and stay the same array', async () => {
    const { offered, asked } = served();
    await idsOf(offered, LADDER);
    const { entries } = offered.state.getState();
    await idsOf(offered, { ...LADDER });
    expect(offered.state.getState().entries).toBe(entries);
    await idsOf(offered, offer({ catalog: 'all' }));
    expect(asked).toHaveLength(1);
  });

  it('stay those of before until the new ones are here', async () => {
    let deliver = (_rows: unknown) => {};
    const offered = new OfferedModels(async (address) =>
      address.includes('offers')
        ? new Promise((resolve) => {
            deliver = resolve;
          })
        : { models: [F16] },
    );
    await idsOf(offered, LADDER);
    offered.want(offer({ file: FILE }));
    expect(offered.state.getState()).toEqual({ entries: [F16], status: 'fetching' });
    await vi.waitFor(() => deliver([OWN]));
    await offered.ready();
    expect(offered.state.getState()).toEqual({ entries: [OWN], status: 'here' });
  });

  it('that were asked for last count, whatever comes later or fails', async () => {
    let fail = (_error: Error) => {};
    const offered = new OfferedModels(async (address) =>
      address.includes('offers')
        ? new Promise((_, reject) => {
            fail = reject;
          })
        : { models: [F16] },
    );
    offered.want(offer({ file: FILE }));
    const waiting = offered.ready();
    offered.want(LADDER);
    fail(new Error('too late'));
    await waiting;
    expect(offered.state.getState()).toEqual({ entries: [F16], status: 'here' });
  });

  it('that cannot be fetched are a known failure, and the next to wait tries again', async () => {
    let works = false;
    const offered = new OfferedModels(async () => {
      if (!works) throw new TypeError('Failed to fetch');
      return { models: [F16] };
    });
    offered.want(LADDER);
    const failure = await offered.ready().catch(classify);
    expect(failure).toMatchObject({ kind: 'catalog-unavailable' });
    works = true;
    await offered.ready();
    expect(offered.state.getState()).toEqual({ entries: [F16], status: 'here' });
  });

  it.each([{}, 'text', null])('that are no list (%j) are a known failure', async (rows) => {
    const { offered } = served(rows);
    offered.want(offer({ file: FILE }));
    expect(await offered.ready().catch(classify)).toMatchObject({ kind: 'catalog-unavailable' });
  });
});

describe('a file', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('is taken from the browser first, then anew, and what may pass is tried again', async () => {
    vi.useFakeTimers();
    const answers = [
      async () => new Response('gone', { status: 404 }),
      async () => new Response('{"models": [', { status: 200 }),
      async () => Promise.reject(new TypeError('Failed to fetch')),
      async () => Response.json({ models: [F16] }),
    ];
    const caches: unknown[] = [];
    vi.stubGlobal('fetch', (_address: string, { cache }: RequestInit) => {
      caches.push(cache);
      return answers.shift()?.();
    });
    const offered = new OfferedModels();
    offered.want(LADDER);
    const ready = offered.ready();
    await vi.runAllTimersAsync();
    await ready;
    expect(offered.state.getState().entries).toEqual([F16]);
    expect(caches).toEqual(['force-cache', 'reload', 'reload', 'reload']);
  });

  it('that stays away is given up, which the visitor is told', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
    const offered = new OfferedModels();
    offered.want(LADDER);
    const failure = offered.ready().catch(classify);
    await vi.runAllTimersAsync();
    expect(await failure).toMatchObject({ kind: 'catalog-unavailable' });
    expect(offered.state.getState().status).toBe('failed');
  });
});

/** The browser reads the file as it is, so it must have what Python would have filled in. */
it('has every field of an entry in each row of the catalogue', () => {
  for (const row of catalogFile.models) {
    expect(Object.keys(row)).toEqual(expect.arrayContaining(Object.keys(anEntry())));
  }
});
