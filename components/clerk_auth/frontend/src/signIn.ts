/** Signing in and out with clerk-js, and telling Python about it. */

import type { BrowserClerk } from "@clerk/shared/types";
import { clerkAppearance } from "./appearance";
import { loadScripts } from "./frontendApi";
import { clerkWords, words } from "./locale";
import type { Reporter } from "./reports";
import { routerThatStays, stayOnWindowNavigate, watchPopups } from "./stayPut";
import { type Notice, type Status, View } from "./view";

/** Milliseconds until a Clerk that does not start counts as unreachable. */
const LOAD_TIMEOUT = 15_000;
/** Milliseconds between looks at the token. clerk-js answers from memory, and renews it in time. */
const TOKEN_INTERVAL = 5_000;

/** What Python says; mirrors the arguments of `clerk_auth` in `components/clerk_auth/__init__.py`. */
export interface Args {
  required: boolean;
  acknowledged: number;
  refused: string | null;
  sign_out_requests: number;
  wants_token: boolean;
}

export class SignIn {
  private readonly view: View;
  private clerk: BrowserClerk | null = null;
  private status: Status = { kind: "loading" };
  private notice: Notice | null = null;
  private refusedShown = -1;
  private signOutsDone: number | null = null;

  constructor(
    root: HTMLElement,
    private readonly publishableKey: string,
    private readonly required: boolean,
    private readonly reporter: Reporter,
  ) {
    root.dataset.required = String(required);
    this.view = new View(root, {
      openForm: () => this.openForm(),
      closeForm: () => this.closeForm(),
      signOut: () => void this.signOut(),
      reload: () => void this.start(),
    });
    watchPopups(() => this.draw(this.status, { text: words.popupBlocked }));
    setInterval(() => void this.reportToken(), TOKEN_INTERVAL);
  }

  /** Loads Clerk; also what "Try again" does. */
  async start(): Promise<void> {
    this.draw({ kind: "loading" }, null);
    try {
      this.clerk = await withTimeout(this.load(), LOAD_TIMEOUT);
    } catch (error) {
      console.warn("Clerk did not start:", error);
      this.clerk = null;
      this.draw({ kind: "unavailable", guestsWelcome: !this.required }, null);
      this.reporter.unavailable();
      return;
    }
    this.clerk.addListener(() => this.follow());
    this.follow();
  }

  /** Takes what Python says after each of its runs. */
  hear(args: Args): void {
    const judged = this.reporter.isJudged(args.acknowledged);
    this.reporter.acknowledge(args.acknowledged);
    if (judged) this.showVerdict(args);
    if (args.wants_token && judged) void this.reportToken();
    // A frame that comes to life later must not repeat an old request.
    const asked = this.signOutsDone !== null && args.sign_out_requests > this.signOutsDone;
    this.signOutsDone = args.sign_out_requests;
    if (asked) void this.signOut();
  }

  /** Redraws an open form in the theme's new colours. */
  themeChanged(): void {
    if (this.status.kind !== "form") return;
    this.clerk?.unmountSignIn(this.view.formTarget);
    this.mountForm();
  }

  private async load(): Promise<BrowserClerk> {
    const [{ clerk, ClerkUI }, localization] = await Promise.all([
      loadScripts(this.publishableKey),
      clerkWords(),
    ]);
    stayOnWindowNavigate(clerk);
    await clerk.load({
      ui: { ClerkUI },
      ...(localization && { localization }),
      ...routerThatStays,
    });
    // clerk-js also comes up without an answer from its instance, but then nobody can sign in.
    if (clerk.status === "degraded" || clerk.status === "error") {
      throw new Error("The Clerk instance does not answer.");
    }
    return clerk;
  }

  /** Draws and reports whatever clerk-js now knows. */
  private follow(): void {
    const user = this.clerk?.user;
    if (user) {
      if (this.status.kind === "form") this.clerk?.unmountSignIn(this.view.formTarget);
      const leaving = this.status.kind === "user" && this.status.leaving;
      const name = user.fullName || user.username || user.primaryEmailAddress?.emailAddress;
      this.draw(
        { kind: "user", name: name || words.signedIn, imageUrl: user.imageUrl || null, leaving },
        this.status.kind === "user" ? this.notice : null,
      );
      void this.reportToken();
    } else if (this.clerk?.user === null) {
      if (this.status.kind !== "form") this.draw({ kind: "guest" }, null);
      this.reporter.signedOut();
    }
  }

  private async reportToken(force = false): Promise<void> {
    try {
      const token = await this.clerk?.session?.getToken({ skipCache: force });
      if (token) this.reporter.signedIn(token, force);
    } catch {
      // Offline or Clerk unreachable: Python keeps the last claims for a while, and the next look
      // comes in a few seconds.
    }
  }

  private showVerdict(args: Args): void {
    if (!args.refused) {
      this.refusedShown = -1;
      if (this.notice && this.status.kind === "user") this.draw(this.status, null);
    } else if (args.acknowledged !== this.refusedShown) {
      this.refusedShown = args.acknowledged;
      this.draw(this.status, {
        text: verdict(args.refused),
        retry: () => void this.reportToken(true),
      });
    }
  }

  private openForm(): void {
    this.draw({ kind: "form" }, null);
    this.mountForm();
  }

  private mountForm(): void {
    this.clerk?.mountSignIn(this.view.formTarget, {
      appearance: clerkAppearance(),
      // Who has no account makes one in the same form; Clerk would else send this frame elsewhere.
      withSignUp: true,
    });
  }

  private closeForm(): void {
    this.clerk?.unmountSignIn(this.view.formTarget);
    this.draw({ kind: "guest" }, null);
  }

  private async signOut(): Promise<void> {
    const { clerk, status } = this;
    if (!clerk?.user || status.kind !== "user") return;
    this.draw({ ...status, leaving: true }, null);
    try {
      // With a callback clerk-js leaves it to us where to go; without one it would navigate.
      await clerk.signOut(() => {});
      this.draw({ kind: "guest" }, null);
      this.reporter.signedOut();
    } catch {
      this.draw({ ...status, leaving: false }, { text: words.signOutFailed });
    }
  }

  private draw(status: Status, notice: Notice | null): void {
    this.status = status;
    this.notice = notice;
    this.view.show(status, notice);
  }
}

function verdict(reason: string): string {
  return reason === "keys-unavailable" ? words.notChecked : words.refused(reason);
}

function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Clerk took too long.")), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
