import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../bridge/protocol';
import { INITIAL } from '../../engine/machine';
import { anEntry } from '../../test/fixtures';
import { arrange, type Choices, familiesOf, NO_CHOICES } from './arrange';
import { type ModelRow, modelRow } from './row';

function row(entry: Partial<ModelEntry>, fields: Partial<ModelRow> = {}): ModelRow {
  const facts = { engine: INITIAL, files: undefined, fit: null, history: undefined };
  return { ...modelRow({ entry: anEntry(entry), ...facts }), verdict: 'comfortable', ...fields };
}

const small = { name: 'Small', family: 'Smol', parameters: 1e8, vram_mb: 300 };
const large = { name: 'Large', family: 'Llama', parameters: 8e9, vram_mb: 5000 };
const other = { name: 'Other', family: 'Old', named: false, parameters: 3e9, vram_mb: 9000 };
const ROWS = [
  row({ ...small, model_id: 'small-f32', kernels: 'f32' }),
  row({ ...small, model_id: 'small-f16', kernels: 'f16' }),
  row({ ...small, model_id: 'small-f16-1k', kernels: 'f16', context_window: 1024 }),
  row({ ...large, model_id: 'large', best_for: 'Quality' }, { verdict: 'no', total: 9e9 }),
  row({ ...other, model_id: 'other' }, { total: 5e9 }),
];

function shown(rows: ModelRow[], choices: Partial<Choices> = {}): string[] {
  return arrange(rows, { ...NO_CHOICES, ...choices })
    .groups.filter((group) => group.shown)
    .flatMap(({ builds }) => builds.filter((build) => build.shown))
    .map(({ row }) => row.entry.model_id);
}

const names = (choices: Partial<Choices>) =>
  arrange(ROWS, { ...NO_CHOICES, ...choices }).groups.map(({ name }) => name);

describe('the list of models', () => {
  it('shows the named models, each in the build that suits this device best', () => {
    expect(shown(ROWS)).toEqual(['small-f16', 'large']);
  });

  it('holds every build all the same', () => {
    const { groups, count } = arrange(ROWS, NO_CHOICES);
    expect(groups.flatMap(({ builds }) => builds)).toHaveLength(ROWS.length);
    expect(count).toBe(ROWS.length);
  });

  it('suggests the 32-bit build where the 16-bit one does not fit', () => {
    const rows = ROWS.map((each) =>
      each.entry.kernels === 'f16' ? { ...each, verdict: 'no' as const } : each,
    );
    expect(shown(rows)[0]).toBe('small-f32');
  });

  it('shows what is here too, and moves nothing for it', () => {
    const order = arrange(ROWS, NO_CHOICES).groups.map(({ name }) => name);
    const here = ROWS.map((each) => ({ ...each, state: 'downloading' as const }));
    expect(shown(here)).toEqual(['small-f16', 'small-f16-1k', 'small-f32', 'large', 'other']);
    expect(arrange(here, NO_CHOICES).groups.map(({ name }) => name)).toEqual(order);
  });

  it('always shows what the operator added', () => {
    const own = row({ ...other, name: 'Own', model_id: 'own', custom: true });
    expect(shown([...ROWS, own])).toContain('own');
  });

  it.each<[Partial<Choices>, string[]]>([
    [{ query: 'SMALL f32' }, ['small-f32']],
    [{ query: 'quality' }, ['large']],
    [{ query: 'nonesuch' }, []],
    [{ family: 'Old' }, ['other']],
    [{ fitting: true }, ['small-f16', 'small-f16-1k', 'small-f32', 'other']],
    [{ here: true }, []],
    [{ family: 'Smol', query: '1k' }, ['small-f16-1k']],
  ])('shows every build that matches %j', (choices, expected) => {
    expect(shown(ROWS, choices)).toEqual(expected);
    expect(arrange(ROWS, { ...NO_CHOICES, ...choices }).count).toBe(expected.length);
  });

  it('sorts all models by what was chosen, unknown figures last', () => {
    expect(names({ sort: 'name' })).toEqual(['Large', 'Other', 'Small']);
    expect(names({ sort: 'parameters' })).toEqual(['Small', 'Other', 'Large']);
    expect(names({ sort: 'memory' })).toEqual(['Small', 'Large', 'Other']);
    expect(names({ sort: 'download' })).toEqual(['Small', 'Other', 'Large']);
    const unknown = row({ ...small, name: 'Unknown', parameters: null });
    const sorted = arrange([unknown, ...ROWS], { ...NO_CHOICES, sort: 'parameters' });
    expect(sorted.groups.at(-1)?.name).toBe('Unknown');
  });

  it('knows the families there are', () => {
    expect(familiesOf(ROWS)).toEqual(['Llama', 'Old', 'Smol']);
  });
});
