/** Finding and loading the scripts that the visitor's Clerk instance serves. */

import type { BrowserClerk, ClerkUIConstructor } from "@clerk/shared/types";

/** Milliseconds a script may take. Clerk's own loader allows 15 s; guests should know sooner. */
const SCRIPT_TIMEOUT = 12_000;

declare global {
  interface Window {
    // What Clerk's two scripts leave behind; names as in Clerk's JavaScript quickstart.
    Clerk?: BrowserClerk;
    __internal_ClerkUICtor?: ClerkUIConstructor;
  }
}

/**
 * The instance this page was served for. Python writes it into the page, beside a policy that lets
 * scripts come from that instance alone; no message names it.
 *
 * @throws Error if the page was not served by the app.
 */
export function publishableKey(page: Document = document): string {
  const key = page.querySelector<HTMLMetaElement>('meta[name="clerk-publishable-key"]')?.content;
  if (!key) throw new Error("This page names no Clerk instance.");
  return key;
}

/**
 * Reads the Frontend API's host name out of a publishable key: after `pk_test_` or `pk_live_`
 * follows the host and a `$`, in base64.
 *
 * @throws Error if the key names no host; Python has checked it before, so this is a bug.
 */
export function frontendApiHost(publishableKey: string): string {
  const encoded = publishableKey.replace(/^pk_(test|live)_/, "");
  const host = atob(encoded.replaceAll("-", "+").replaceAll("_", "/")).replace(/\$$/, "");
  if (!/^[a-z0-9.-]+$/.test(host)) throw new Error("The publishable key names no Clerk instance.");
  return host;
}

/**
 * Loads clerk-js and its interface afresh from the instance.
 *
 * @throws Error if a script is blocked, missing or too slow.
 */
export async function loadScripts(
  publishableKey: string,
): Promise<{ clerk: BrowserClerk; ClerkUI: ClerkUIConstructor }> {
  const packages = `https://${frontendApiHost(publishableKey)}/npm/@clerk`;
  for (const old of document.querySelectorAll("script[data-clerk-publishable-key]")) old.remove();
  delete window.Clerk;
  delete window.__internal_ClerkUICtor;
  await Promise.all([
    loadScript(`${packages}/clerk-js@6/dist/clerk.browser.js`, publishableKey),
    loadScript(`${packages}/ui@1/dist/ui.browser.js`, publishableKey),
  ]);
  const { Clerk: clerk, __internal_ClerkUICtor: ClerkUI } = window;
  if (!clerk || !ClerkUI) throw new Error("Clerk's scripts did not start.");
  return { clerk, ClerkUI };
}

function loadScript(src: string, publishableKey: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => reject(new Error(`${src} could not be loaded.`));
    const timer = setTimeout(fail, SCRIPT_TIMEOUT);
    script.src = src;
    script.async = true;
    script.crossOrigin = "anonymous";
    script.dataset.clerkPublishableKey = publishableKey;
    script.onload = () => {
      clearTimeout(timer);
      resolve();
    };
    script.onerror = () => {
      clearTimeout(timer);
      fail();
    };
    document.head.append(script);
  });
}
