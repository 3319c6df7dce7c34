import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../bridge/protocol';
import type { Fit } from '../../engine/fit';
import { type FilesState, type ModelFiles, unknownFiles } from '../../engine/library/state';
import { type Background, INITIAL, type MachineState } from '../../engine/machine';
import { anEntry, aRung } from '../../test/fixtures';
import { actionsOf, isHere, modelRow, type RowState } from './row';

const ENTRY = anEntry();
const RUNG = aRung({ modelId: ENTRY.model_id });
const FITS: Fit = { verdict: 'comfortable', reason: 'within-budget' };
const NOT: Fit = { verdict: 'no', reason: 'needs-f16' };

function files(fields: Partial<ModelFiles>): ModelFiles {
  return { ...unknownFiles(ENTRY.model_id, { value: 1000, estimate: false }), ...fields };
}

function row(fields: {
  engine?: Partial<MachineState>;
  files?: Partial<ModelFiles>;
  fit?: Fit;
  entry?: ModelEntry;
}) {
  return modelRow({
    entry: fields.entry ?? ENTRY,
    engine: { ...INITIAL, ...fields.engine },
    files: fields.files && files(fields.files),
    fit: fields.fit ?? FITS,
    history: undefined,
  });
}

function background(fields: Partial<Background>): Partial<MachineState> {
  const rest = { epoch: 2, progress: null, accepted: false, error: null };
  return { background: { rung: RUNG, stage: 'downloading', ...rest, ...fields } };
}

const standing = (phase: MachineState['phase'], fields: Partial<MachineState> = {}) => ({
  phase,
  rungs: [RUNG],
  rung: 0,
  ...fields,
});
const at = (stage: 'download' | 'load', fraction: number) => ({ stage, fraction });

describe('a row', () => {
  it.each<[FilesState, RowState, number | null]>([
    ['absent', 'not-downloaded', null],
    ['partial', 'partial', 37],
    ['queued', 'queued', 37],
    ['downloading', 'downloading', 37],
    ['paused', 'paused', 37],
    ['complete', 'cached', null],
  ])('tells of files that are %s', (state, expected, percent) => {
    expect(row({ files: { state, received: 376 } })).toMatchObject({ state: expected, percent });
  });

  it('is not done before the last file was checked', () => {
    const all = { state: 'downloading' as const, received: 1000 };
    expect(row({ files: all }).percent).toBe(99);
  });

  it.each<[Partial<MachineState>, RowState, number | null]>([
    [standing('ready'), 'active', null],
    [standing('generating'), 'active', null],
    [standing('downloading', { progress: at('download', 0.416) }), 'downloading', 41],
    [standing('loading', { progress: at('load', 0.999) }), 'loading', 99],
    [standing('recovering', { progress: null }), 'loading', 0],
    [standing('asking'), 'asking', null],
    [background({ stage: 'downloading', progress: at('download', 0.2) }), 'downloading', 20],
    [background({ stage: 'paused', progress: at('download', 0.2) }), 'paused', 20],
    [background({ stage: 'stalled', progress: at('download', 0.2) }), 'paused', 20],
    [background({ stage: 'downloaded' }), 'cached', null],
    [background({ stage: 'loading', progress: at('load', 0.9) }), 'loading', 90],
    [background({ stage: 'ready' }), 'loaded', null],
    [background({ stage: 'asking' }), 'asking', null],
  ])('follows the engine before the files: %#', (engine, state, percent) => {
    expect(row({ engine, files: { state: 'complete', received: 1000 } })).toMatchObject({
      state,
      percent,
    });
  });

  it('that was unloaded is in the browser again', () => {
    const engine = standing('suspended');
    expect(row({ engine, files: { state: 'complete' } }).state).toBe('cached');
  });

  it('does not fit only while nothing of it is here', () => {
    expect(row({ fit: NOT })).toMatchObject({ state: 'does-not-fit', reason: 'needs-f16' });
    expect(row({ fit: NOT, files: { state: 'complete' } }).state).toBe('cached');
  });

  it('names the error that ended its download or its load', () => {
    const error = { kind: 'network', detail: '' };
    expect(row({ files: { error } }).error).toBe('network');
    const failures = [{ modelId: ENTRY.model_id, kind: 'out-of-memory' }];
    expect(row({ engine: { failures } }).error).toBe('out-of-memory');
    expect(row({ engine: background({ stage: 'stalled', error }) }).error).toBe('network');
  });

  it('takes the size from the files once it is exact, else from the catalog as an estimate', () => {
    expect(row({})).toMatchObject({ total: 200_000_000, exact: false });
    expect(row({ files: { total: 1234, exact: true } })).toMatchObject({
      total: 1234,
      exact: true,
    });
  });
});

describe('what can be done with a row', () => {
  const actions = (fields: Parameters<typeof row>[0]) => actionsOf(row(fields)).join(' ');

  it.each<[string, Parameters<typeof row>[0]]>([
    ['download use', {}],
    ['', { fit: NOT }],
    ['resume use delete', { files: { state: 'partial', received: 1 } }],
    ['delete', { fit: NOT, files: { state: 'partial', received: 1 } }],
    ['pause cancel', { files: { state: 'downloading' } }],
    ['pause cancel', { files: { state: 'queued' } }],
    ['cancel', { files: { state: 'downloading', elsewhere: true } }],
    ['resume cancel', { files: { state: 'paused' } }],
    ['resume cancel delete', { files: { state: 'paused', received: 1 } }],
    ['use delete', { files: { state: 'complete' } }],
    ['delete', { fit: NOT, files: { state: 'complete' } }],
    ['unload', { engine: standing('loading', { progress: at('load', 0.5) }) }],
    ['unload delete', { engine: standing('ready') }],
    ['use unload', { engine: background({ stage: 'ready' }) }],
    ['allow', { engine: standing('asking') }],
  ])('is: %s', (expected, fields) => {
    expect(actions(fields)).toBe(expected);
  });

  it('says which rows have something here', () => {
    expect(isHere(row({}))).toBe(false);
    expect(isHere(row({ fit: NOT }))).toBe(false);
    expect(isHere(row({ files: { state: 'partial' } }))).toBe(true);
    expect(isHere(row({ engine: standing('ready') }))).toBe(true);
  });
});
