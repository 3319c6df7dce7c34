/**
 * Keeping this frame where it is. clerk-js goes to "/" after signing in or out, and through its own
 * host when its cookie expires soon; in here either would nest the whole app in the sidebar.
 */

import type { BrowserClerk } from "@clerk/shared/types";

/** Handed to `Clerk.load`: its own router calls end here. */
export const routerThatStays = {
  routerPush: (): void => {},
  routerReplace: (): void => {},
};

interface NavigationEvents {
  addEventListener(type: "navigate", listener: (event: NavigateLike) => void): void;
}
interface NavigateLike extends Event {
  readonly navigationType: "push" | "reload" | "replace" | "traverse";
  readonly hashChange: boolean;
  readonly downloadRequest: string | null;
}

/** Refuses every navigation of this frame that a script starts, except to another hash. */
export function refuseNavigation(): void {
  const navigation = (window as { navigation?: NavigationEvents }).navigation;
  navigation?.addEventListener("navigate", (event) => {
    const leaves = !event.hashChange && event.downloadRequest === null;
    if (leaves && event.cancelable && event.navigationType !== "reload") event.preventDefault();
  });
}

/** The same for browsers without the Navigation API (Firefox before 147, Safari before 26.2). */
export function stayOnWindowNavigate(clerk: BrowserClerk): void {
  (clerk as unknown as { __internal_windowNavigate: () => void }).__internal_windowNavigate =
    () => {};
}

/** Calls `onBlocked` whenever the browser refuses to open a window, as pop-up blockers do. */
export function watchPopups(onBlocked: () => void): void {
  const open = window.open.bind(window);
  window.open = (...args) => {
    const popup = open(...args);
    if (!popup) onBlocked();
    return popup;
  };
}
