/**
 * Who may speak to a component: the page of this app around its frame, and nobody else. Neither
 * Streamlit's library nor the browser checks that: any page that opened or embeds one of our
 * addresses can post a message to it that looks like Streamlit's.
 *
 * Imported for its effect, before anything that listens: listeners of a window hear in the order
 * in which they came. Outside of the app it ends the page, so that nothing after it runs.
 */

/** How Streamlit's messages to a component begin; others (a sign-in's pop-up) are not ours to judge. */
const PROTOCOL = 'streamlit:';

function isInsideApp(): boolean {
  try {
    return window.parent !== window && window.parent.location.origin === location.origin;
  } catch {
    return false; // A page of another origin lets nothing be read.
  }
}

function isFromApp({ source, origin }: MessageEvent): boolean {
  return source === window.parent && origin === location.origin;
}

/** Streamlit's library reads `type` of whatever it hears, also where there is nothing to read. */
function isForStreamlit(data: unknown): boolean {
  if (data === null || data === undefined) return true;
  const { type } = data as { type?: unknown };
  return typeof type === 'string' && type.startsWith(PROTOCOL);
}

window.addEventListener(
  'message',
  (event) => {
    if (isForStreamlit(event.data) && !isFromApp(event)) event.stopImmediatePropagation();
  },
  { capture: true },
);

if (!isInsideApp()) throw new Error('This page works only inside its app.');
