/** What screen readers are told politely: finished answers and what came of an action, no tokens. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export const announcement: StoreApi<{ text: string; id: number }> = createStore(() => ({
  text: '',
  id: 0,
}));

export function announce(text: string): void {
  announcement.setState(({ id }) => ({ text, id: id + 1 }));
}
