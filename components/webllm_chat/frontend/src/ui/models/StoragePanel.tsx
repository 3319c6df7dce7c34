import { useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../services';
import { formatBytes, formatNumber, useTexts } from '../texts';
import { Confirm } from './Confirm';
import { isHere, type ModelRow } from './row';

/** What the models take of this browser's storage, and whether the browser will keep it. */
export function StoragePanel(props: { rows: ModelRow[]; onDeleteAll: () => void }) {
  const { engine } = useServices();
  const words = useTexts().models.storage;
  const { usage, quota, persisted, durable } = useStore(engine.library.state, (s) => s.storage);
  const [asking, setAsking] = useState(false);
  const here = props.rows.filter((row) => isHere(row) && row.received > 0);
  const models = formatNumber(new Set(here.map(({ entry }) => entry.model_id)).size);
  const known = usage !== null && quota !== null && quota > 0;
  const deleteAll = () => {
    setAsking(false);
    props.onDeleteAll();
  };
  return (
    <section
      aria-labelledby="storage"
      data-testid="storage"
      data-usage={usage ?? ''}
      data-quota={quota ?? ''}
      data-persisted={persisted ?? ''}
      className="flex flex-col gap-2 rounded-ui border border-line p-3 text-sm"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="storage" className="font-semibold">
          {words.title}
        </h2>
        <span className="text-muted tabular-nums">
          {words.models(models)}
          {known && ` · ${words.used(formatBytes(usage), formatBytes(quota))}`}
        </span>
      </div>
      {known && (
        <div className="h-1 overflow-hidden rounded-full bg-line" aria-hidden>
          <div
            className="h-full rounded-full bg-accent"
            style={{ width: `${Math.min(100, Math.max(0.5, (usage / quota) * 100))}%` }}
          />
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="text-muted">
          {durable ? persistence(persisted, words) : words.notDurable}
        </span>
        {asking ? (
          <Confirm
            question={words.confirm(models)}
            yes={words.deleteAll}
            onYes={deleteAll}
            onNo={() => setAsking(false)}
          />
        ) : (
          <button
            type="button"
            className="button"
            disabled={here.length === 0}
            onClick={() => setAsking(true)}
          >
            {words.deleteAll}
          </button>
        )}
      </div>
    </section>
  );
}

function persistence(
  persisted: boolean | null,
  words: ReturnType<typeof useTexts>['models']['storage'],
): string {
  if (persisted === null) return words.persistenceUnknown;
  return persisted ? words.persisted : words.notPersisted;
}
