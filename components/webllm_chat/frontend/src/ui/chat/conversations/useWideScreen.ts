import { useSyncExternalStore } from 'react';

/** Room for a list beside the chat. */
const WIDE = '(min-width: 60rem)';

export function useWideScreen(): boolean {
  return useSyncExternalStore((changed) => {
    const query = window.matchMedia?.(WIDE);
    query?.addEventListener('change', changed);
    return () => query?.removeEventListener('change', changed);
  }, isWideScreen);
}

export function isWideScreen(): boolean {
  return window.matchMedia?.(WIDE).matches ?? true;
}
