import { useState } from 'react';
import { useStore } from 'zustand';
import { formatNumber, useTexts } from '../texts';
import type { ModelActions } from './actions';
import type { Arrangement } from './arrange';
import { GroupRows } from './GroupRows';

/** On a phone each build is a card: the rows become blocks and name their cells. */
export function ModelTable(props: { arrangement: Arrangement; actions: ModelActions }) {
  const { groups } = props.arrangement;
  const words = useTexts().models;
  const [all, setAll] = useState(false);
  const notices = useStore(props.actions.notices);
  const more = groups.filter(({ shown }) => !shown).length;
  if (groups.length === 0) {
    return <p className="py-6 text-center text-sm text-muted">{words.none}</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      <table className="w-full text-left text-sm max-md:block">
        <caption className="sr-only">{words.caption}</caption>
        <thead className="text-muted max-md:sr-only">
          <tr>
            {[
              words.build,
              words.download,
              words.memory,
              words.context,
              words.loadTimes,
              words.here,
              words.actions,
            ].map((name) => (
              <th key={name} scope="col" className="pr-4 pb-1 font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <GroupRows
            key={group.name}
            group={group}
            notices={notices}
            actions={props.actions}
            hidden={!group.shown && !all}
          />
        ))}
      </table>
      {more > 0 && (
        <button
          type="button"
          className="button self-center"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? words.fewerModels : words.moreModels(formatNumber(more))}
        </button>
      )}
    </div>
  );
}
