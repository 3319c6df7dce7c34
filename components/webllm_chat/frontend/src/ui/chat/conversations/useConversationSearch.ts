import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { SearchHit } from '../../../conversation/search';
import { useServices } from '../../services';

/** @returns what was found, best last known; null while there is nothing to look for. */
export function useConversationSearch(query: string): readonly SearchHit[] | null {
  const { conversation } = useServices();
  const all = useStore(conversation.state, (state) => state.conversations);
  const [hits, setHits] = useState<readonly SearchHit[]>([]);
  const wanted = query.trim();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the list is searched anew
  useEffect(() => {
    if (wanted === '') return;
    let current = true;
    void conversation.search(wanted).then((found) => {
      if (current) setHits(found);
    });
    return () => {
      current = false;
    };
  }, [wanted, conversation, all]);
  return wanted === '' ? null : hits;
}
