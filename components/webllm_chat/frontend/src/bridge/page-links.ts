/** Notices, from within the component's frame, that the page around it may be about to change. */

/** Calls `onLeaving` before the page itself hears of a click or of the browser's Back and Forward. */
export function watchPageLinks(page: Window, onLeaving: () => void): void {
  const watching = new AbortController();
  const options = { capture: true, signal: watching.signal };
  page.document.addEventListener('click', onLeaving, options);
  page.addEventListener('popstate', onLeaving, options);
  window.addEventListener('pagehide', () => watching.abort());
}
