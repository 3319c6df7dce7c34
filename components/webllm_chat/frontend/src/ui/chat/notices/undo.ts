/** The last deletion, for as long as it can be taken back from where it was done. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Deletion {
  text: string;
  restore: () => void;
}

export const lastDeletion: StoreApi<{ deletion: Deletion | null }> = createStore(() => ({
  deletion: null,
}));

export function offerUndo(deletion: Deletion): void {
  lastDeletion.setState({ deletion });
}

export function forgetDeletion(): void {
  lastDeletion.setState({ deletion: null });
}
