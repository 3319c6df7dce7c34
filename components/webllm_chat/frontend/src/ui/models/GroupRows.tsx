import { useState } from 'react';
import type { ModelEntry } from '../../bridge/protocol';
import { formatNumber, useTexts } from '../texts';
import type { ModelActions, RowNotice } from './actions';
import type { ModelGroup } from './arrange';
import { BuildRow } from './BuildRow';

/** One model: what it is, and its builds. */
export function GroupRows(props: {
  group: ModelGroup;
  notices: Record<string, RowNotice>;
  actions: ModelActions;
  hidden: boolean;
}) {
  const { group, notices, actions, hidden } = props;
  const words = useTexts().models;
  const [all, setAll] = useState(false);
  const others = group.builds.filter(({ shown }) => !shown).length;
  return (
    <tbody
      hidden={hidden}
      data-testid="model-group"
      data-name={group.name}
      className="max-md:block"
    >
      <tr className="border-t border-line max-md:block max-md:border-0">
        <th scope="rowgroup" colSpan={7} className="pt-3 pb-1 font-normal max-md:block max-md:pb-2">
          <span className="flex flex-wrap items-baseline gap-x-3">
            <span className="text-base font-semibold">{group.name}</span>
            <Facts model={group.model} />
            {others > 0 && (
              <button
                type="button"
                aria-expanded={all}
                onClick={() => setAll(!all)}
                className="ml-auto min-h-6 text-accent underline max-md:ml-0"
              >
                {all ? words.fewerBuilds : words.moreBuilds(formatNumber(others))}
              </button>
            )}
          </span>
        </th>
      </tr>
      {group.builds.map(({ row, shown }) => (
        <BuildRow
          key={row.entry.model_id}
          row={row}
          notice={notices[row.entry.model_id]}
          actions={actions}
          hidden={!shown && !all}
        />
      ))}
    </tbody>
  );
}

function Facts({ model }: { model: ModelEntry }) {
  const words = useTexts().models;
  const { parameters, max_context, licence, best_for, custom, family } = model;
  const facts = [
    custom ? words.custom : best_for,
    family,
    parameters !== null && words.parameters(formatParameters(parameters)),
    max_context !== null && words.upTo(formatNumber(max_context)),
  ].filter(Boolean);
  return (
    <>
      <span className="text-muted">{facts.join(' · ')}</span>
      {licence && (
        <a
          href={licence.url}
          target="_blank"
          rel="noreferrer"
          className="text-muted underline decoration-line"
        >
          {licence.name ?? words.licence}
        </a>
      )}
    </>
  );
}

function formatParameters(count: number): string {
  return count >= 1e9 ? `${formatNumber(count / 1e9, 1)} B` : `${formatNumber(count / 1e6)} M`;
}
