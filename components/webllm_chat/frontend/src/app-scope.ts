/**
 * One origin may serve several apps below different paths. Browsers keep storage, channels and locks
 * by origin, so what is the visitor's has the app's path in its name; an app at the root has the
 * plain name. Models are shared: the same address is the same file in each app.
 */

/** Says which app took over what had been kept under the plain names before they had a path. */
const ADOPTED_BY = 'webllm-chat.adopted-by';

/** Of the visitor's in `localStorage`. */
const SETTINGS = [
  'webllm-chat.interface',
  'webllm-chat.guest-chats-left',
  'webllm-chat/preferences',
];

/** @param pathname - of a component's page or of a worker beside it. */
export function appPathOf(pathname: string): string {
  const end = pathname.lastIndexOf('/component/');
  return end > 0 ? pathname.slice(0, end) : '';
}

const ownPath = appPathOf(globalThis.location?.pathname ?? '');

/** @returns the name under which this app keeps something. */
export function scoped(name: string, path: string = ownPath): string {
  return path === '' ? name : `${name}@${path}`;
}

/**
 * Earlier versions knew no paths. The first app below a path that runs takes over what they left,
 * once; the plain names stay as they are, for an app at the root.
 * @returns whether this is the one.
 */
export function adoptsPlainNames(path: string = ownPath): boolean {
  if (path === '') return false;
  try {
    const adopted = localStorage.getItem(ADOPTED_BY);
    if (adopted !== null) return adopted === path;
    localStorage.setItem(ADOPTED_BY, path);
    for (const key of SETTINGS) {
      const value = localStorage.getItem(key);
      if (value !== null) localStorage.setItem(scoped(key, path), value);
    }
    return true;
  } catch {
    return false; // Nothing is kept here, by any version.
  }
}

/** Whether this app does so; before anything of it reads what is kept. */
export const adopting = adoptsPlainNames();
