import { Search, SquarePen } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import { useStore } from 'zustand';
import type { SearchHit } from '../../../conversation/search';
import type { Conversation } from '../../../conversation/store';
import { Scrollable } from '../../Scrollable';
import { useServices } from '../../services';
import { type Texts, useTexts } from '../../texts';
import { ConversationRow } from './ConversationRow';
import { setConversationSearch } from './search-focus';
import { TransferButtons } from './TransferButtons';
import { useConversationSearch } from './useConversationSearch';

/** All conversations of this person in this browser: found, opened, begun. */
export default function ConversationList() {
  const words = useTexts().conversations;
  const { conversation, surface } = useServices();
  const all = useStore(conversation.state, (state) => state.conversations);
  const openId = useStore(conversation.state, (state) => state.openId);
  const [query, setQuery] = useState('');
  const found = useConversationSearch(useDeferredValue(query));
  const rows = useMemo(
    () => (found ? foundRows(found) : inGroups(all, words)),
    [found, all, words],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const begin = () => {
    conversation.openNew();
    surface.close();
    surface.focusComposer();
  };
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-1">
      <button type="button" className="button flex items-center gap-2" onClick={begin}>
        <SquarePen aria-hidden size={16} />
        {words.new}
      </button>
      <label className="field flex items-center gap-2">
        <Search aria-hidden size={16} className="shrink-0 text-muted" />
        <input
          ref={setConversationSearch}
          type="search"
          className="w-full min-w-0 bg-transparent outline-none"
          aria-label={words.search}
          placeholder={words.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      <Scrollable ref={scroller} className="min-h-0 flex-1 overflow-y-auto" label={words.title}>
        {rows.length === 0 && (
          <p className="p-2 text-sm text-muted" role="status">
            {query === '' ? words.none : words.noneFound}
          </p>
        )}
        <Virtualizer
          as="ul"
          item="li"
          scrollRef={scroller as React.RefObject<HTMLElement>}
          data={rows}
        >
          {(row) =>
            'heading' in row ? (
              <h2 key={row.heading} className="px-2 pt-3 pb-1 text-xs font-medium text-muted">
                {row.heading}
              </h2>
            ) : (
              <ConversationRow
                key={row.conversation.id}
                conversation={row.conversation}
                open={row.conversation.id === openId}
                hit={row.hit}
              />
            )
          }
        </Virtualizer>
      </Scrollable>
      <TransferButtons />
    </div>
  );
}

type Row = { heading: string } | { conversation: Conversation; hit: SearchHit | null };

const DAY_MS = 86_400_000;

function foundRows(hits: readonly SearchHit[]): Row[] {
  return hits.map((hit) => ({ conversation: hit.conversation, hit }));
}

/** Pinned ones first, then by time. */
function inGroups(conversations: readonly Conversation[], words: Texts['conversations']): Row[] {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const rows: Row[] = [];
  let last: string | undefined;
  for (const conversation of conversations) {
    const heading = groupOf(conversation, midnight, words);
    if (heading !== last) rows.push({ heading });
    last = heading;
    rows.push({ conversation, hit: null });
  }
  return rows;
}

function groupOf(
  { pinned, lastMessageAt }: Conversation,
  midnight: number,
  words: Texts['conversations'],
): string {
  if (pinned) return words.pinned;
  if (lastMessageAt >= midnight) return words.today;
  return lastMessageAt >= midnight - 6 * DAY_MS ? words.week : words.earlier;
}
