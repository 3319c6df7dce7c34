/** Notices, from within the component's frame, that the page around it may be about to change. */

/**
 * Milliseconds that a click on the page is let ahead of what a component has to say. A component value
 * names the page it was sent from, and Streamlit takes the latest name: one that follows a click on
 * another page's link, before that page has begun, would bring the visitor back.
 */
export const HOLD_MS = 500;

/** Calls `onLeaving` before the page itself hears of a click or of the browser's Back and Forward. */
export function watchPageLinks(page: Window, onLeaving: () => void): void {
  const watching = new AbortController();
  const options = { capture: true, signal: watching.signal };
  page.document.addEventListener('click', onLeaving, options);
  page.addEventListener('popstate', onLeaving, options);
  window.addEventListener('pagehide', () => watching.abort());
}

/** Hands values on at once, unless the visitor may be leaving: then the latest of them a moment later. */
export function holdingWhileLeaving<T>(page: Window, send: (value: T) => void): (value: T) => void {
  let heldUntil = Number.NEGATIVE_INFINITY;
  let pending: ReturnType<typeof setTimeout> | undefined;
  watchPageLinks(page, () => {
    heldUntil = performance.now() + HOLD_MS;
  });
  const deliver = (value: T): void => {
    clearTimeout(pending);
    const wait = heldUntil - performance.now();
    if (wait > 0) pending = setTimeout(() => deliver(value), wait);
    else send(value);
  };
  return deliver;
}
