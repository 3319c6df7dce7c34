import { useStore } from 'zustand';
import type { ModelEntry } from '../bridge/protocol';
import { useServices } from './services';

/** The models on offer; none before they are here. */
export function useCatalog(): readonly ModelEntry[] {
  const { offer } = useServices();
  return useStore(offer.state, ({ entries }) => entries);
}
