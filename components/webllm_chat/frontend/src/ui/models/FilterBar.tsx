import type { ReactNode } from 'react';
import { formatNumber, useTexts } from '../texts';
import { type Choices, familiesOf, SORT_KEYS } from './arrange';
import type { ModelRow } from './row';

/** Search, filters and order of the list. */
export function FilterBar(props: {
  rows: ModelRow[];
  choices: Choices;
  /** Builds that match. */
  count: number;
  onChange: (choices: Choices) => void;
}) {
  const { rows, choices, count, onChange } = props;
  const words = useTexts().models;
  const set = (change: Partial<Choices>) => onChange({ ...choices, ...change });
  return (
    <search className="flex flex-wrap items-center gap-2 text-sm">
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={choices.query}
        onChange={(event) => set({ query: event.target.value })}
        className="button min-w-40 flex-1 sm:max-w-64"
      />
      <Select
        label={words.family}
        value={choices.family}
        onChange={(family) => set({ family })}
        options={[
          ['', words.allFamilies],
          ...familiesOf(rows).map((family) => [family, family] as [string, string]),
        ]}
      />
      <Select
        label={words.sort}
        value={choices.sort}
        onChange={(sort) => set({ sort: sort as Choices['sort'] })}
        options={SORT_KEYS.map((key) => [key, words.sortBy[key]])}
      />
      <Checkbox checked={choices.fitting} onChange={(fitting) => set({ fitting })}>
        {words.onlyFitting}
      </Checkbox>
      <Checkbox checked={choices.here} onChange={(here) => set({ here })}>
        {words.onlyHere}
      </Checkbox>
      <span role="status" className="text-muted tabular-nums">
        {words.count(formatNumber(count), formatNumber(rows.length))}
      </span>
    </search>
  );
}

function Select(props: {
  label: string;
  value: string;
  options: [string, string][];
  onChange: (value: string) => void;
}) {
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      className="button max-w-44"
    >
      {props.options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Checkbox(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-9 cursor-pointer items-center gap-1.5 px-1">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
      {props.children}
    </label>
  );
}
