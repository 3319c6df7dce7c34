/** Whether the page is connected to the app's server, as Streamlit itself says on its root. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type ServerConnection = 'connected' | 'away';

const ROOT = '[data-testid="stApp"]';
/** Streamlit 1.67; `CONNECTED` while it is. A page without it counts as connected. */
const ATTRIBUTE = 'data-test-connection-state';

/** Follows it for as long as the page lives. */
export function watchConnection(page: Document): StoreApi<{ server: ServerConnection }> {
  const state = createStore<{ server: ServerConnection }>(() => ({ server: 'connected' }));
  const root = page.querySelector(ROOT);
  if (!root?.hasAttribute(ATTRIBUTE)) return state;
  const look = () => {
    const connected = root.getAttribute(ATTRIBUTE) === 'CONNECTED';
    state.setState({ server: connected ? 'connected' : 'away' });
  };
  new MutationObserver(look).observe(root, { attributeFilter: [ATTRIBUTE] });
  look();
  return state;
}
