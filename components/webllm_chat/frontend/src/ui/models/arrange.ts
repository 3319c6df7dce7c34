/** Which models are shown, and in what order. */
import type { ModelEntry } from '../../bridge/protocol';
import { isHere, type ModelRow } from './row';

export type SortKey = 'suggested' | 'name' | 'download' | 'memory' | 'parameters';

export const SORT_KEYS: SortKey[] = ['suggested', 'name', 'parameters', 'download', 'memory'];

export interface Choices {
  query: string;
  /** '' for all. */
  family: string;
  fitting: boolean;
  here: boolean;
  sort: SortKey;
}

export const NO_CHOICES: Choices = {
  query: '',
  family: '',
  fitting: false,
  here: false,
  sort: 'suggested',
};

/** A model with its builds, the one that suits this device best first. */
export interface ModelGroup {
  name: string;
  model: ModelEntry;
  builds: { row: ModelRow; shown: boolean }[];
  shown: boolean;
}

export interface Arrangement {
  /** What is not shown unasked keeps its place: nothing moves when it begins to be. */
  groups: ModelGroup[];
  /** Builds. */
  count: number;
}

/**
 * Unasked, the named models are shown and whatever is here, each in the build that suits this
 * device best; with any choice made, everything that matches.
 */
export function arrange(rows: ModelRow[], choices: Choices): Arrangement {
  const matching = rows.filter((row) => matches(row, choices));
  const narrowed = isNarrowed(choices);
  const byName = new Map<string, ModelRow[]>();
  for (const row of matching) {
    byName.set(row.entry.name, [...(byName.get(row.entry.name) ?? []), row]);
  }
  const groups = [...byName].map(([name, some]): ModelGroup => {
    const sorted = some.toSorted((a, b) => compare(order(a), order(b)));
    const model = (sorted[0] as ModelRow).entry;
    const isFirst = model.named || model.custom || some.some(isHere);
    return {
      name,
      model,
      builds: sorted.map((row, index) => ({ row, shown: narrowed || index === 0 || isHere(row) })),
      shown: narrowed || choices.sort !== 'suggested' || isFirst,
    };
  });
  return { groups: groups.sort(byChoice(choices.sort)), count: matching.length };
}

export function familiesOf(rows: ModelRow[]): string[] {
  return [...new Set(rows.map(({ entry }) => entry.family))].sort((a, b) => a.localeCompare(b));
}

function isNarrowed({ query, family, fitting, here }: Choices): boolean {
  return query.trim() !== '' || family !== '' || fitting || here;
}

function matches(row: ModelRow, { query, family, fitting, here }: Choices): boolean {
  const { entry, verdict } = row;
  if (family && entry.family !== family) return false;
  if (fitting && verdict !== 'comfortable') return false;
  if (here && !isHere(row)) return false;
  const text = `${entry.name} ${entry.model_id} ${entry.family} ${entry.best_for}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What suits this device best comes first. */
function order({ entry, verdict }: ModelRow): number[] {
  return [
    verdict === null ? 0 : ['comfortable', 'possible', 'no'].indexOf(verdict),
    entry.backend === 'webllm' ? 0 : 1,
    entry.quantization.startsWith('q4') ? 0 : 1,
    entry.kernels === 'f16' ? 0 : 1,
    -entry.context_window,
  ];
}

function compare(a: number[], b: number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The catalog's own order is the suggested one. */
function byChoice(sort: SortKey): (a: ModelGroup, b: ModelGroup) => number {
  if (sort === 'suggested') return () => 0;
  if (sort === 'name') return (a, b) => a.name.localeCompare(b.name);
  const value = ({ model, builds }: ModelGroup): number => {
    if (sort === 'parameters') return model.parameters ?? Number.POSITIVE_INFINITY;
    if (sort === 'memory') return model.vram_mb ?? Number.POSITIVE_INFINITY;
    return builds[0]?.row.total || Number.POSITIVE_INFINITY;
  };
  return (a, b) => value(a) - value(b) || a.name.localeCompare(b.name);
}
