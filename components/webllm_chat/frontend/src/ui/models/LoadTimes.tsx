import type { ModelEntry } from '../../bridge/protocol';
import { formatNumber, useTexts } from '../texts';
import type { ModelRow } from './row';

/** What was measured on this device, beside what was published; what was not measured says so. */
export function LoadTimes({ row }: { row: ModelRow }) {
  const words = useTexts().models;
  const published = row.entry.published_load_time;
  const lines = [
    ['first', words.firstVisit, row.firstS, published?.first_s],
    ['cached', words.cachedVisit, row.cachedS, published?.cached_s],
  ] as const;
  if (row.firstS === null && row.cachedS === null && !published) {
    return <span className="text-muted">{words.notMeasured}</span>;
  }
  return lines.map(([visit, name, seconds, range]) => (
    <span key={visit} className="block" data-testid="load-time" data-visit={visit}>
      {name}:{' '}
      <span data-testid="measured">
        {seconds === null ? words.notMeasured : `${formatNumber(seconds, 1)} s`}
      </span>
      {range && <span className="text-muted"> ({words.published(rangeText(range))})</span>}
    </span>
  ));
}

type Range = NonNullable<ModelEntry['published_load_time']>['first_s'];

/** '10-20 s', '2-5 min'. */
function rangeText([shortest, longest]: Range): string {
  const inMinutes = Number(shortest) >= 60;
  const unit = inMinutes ? 60 : 1;
  const values = [shortest, longest].map((value) => formatNumber(Number(value) / unit));
  return `${values.join('–')} ${inMinutes ? 'min' : 's'}`;
}
