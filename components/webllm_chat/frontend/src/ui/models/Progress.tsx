import type { ModelRow } from './row';

/** Its place is kept while something is under way, so that the rows below do not move. */
export function Progress({ row, label }: { row: ModelRow; label: string }) {
  if (row.percent === null) return null;
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuenow={row.percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="mt-1 block h-1 max-w-48 overflow-hidden rounded-full bg-line"
    >
      <span
        className="block h-full rounded-full bg-accent transition-[width] duration-150 motion-reduce:transition-none"
        style={{ width: `${Math.max(1, row.percent)}%` }}
      />
    </span>
  );
}
