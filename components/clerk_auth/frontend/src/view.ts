/** What the visitor sees: one row, sometimes a notice, sometimes Clerk's sign-in form. */

import { words } from "./locale";

export type Status =
  | { kind: "loading" }
  | { kind: "guest" }
  | { kind: "form" }
  | { kind: "user"; name: string; imageUrl: string | null; leaving: boolean }
  | { kind: "unavailable"; guestsWelcome: boolean };

export interface Notice {
  text: string;
  retry?: () => void;
}

export interface Actions {
  openForm: () => void;
  closeForm: () => void;
  signOut: () => void;
  reload: () => void;
}

export class View {
  /** Where Clerk draws its form; the same element for as long as the frame lives. */
  readonly formTarget = element("div");
  private readonly row = element("div");
  private readonly notice = element("div", { className: "notice", role: "status" });
  private readonly form = element("section", { className: "form", ariaLabel: words.signIn });

  constructor(
    private readonly root: HTMLElement,
    private readonly actions: Actions,
  ) {
    const head = element("div", { className: "form-head" });
    head.append(button(words.notNow, "sign-in-close", actions.closeForm, "quiet"));
    this.form.append(head, this.formTarget);
    this.notice.dataset.testid = "auth-notice";
    root.dataset.testid = "clerk-auth";
    root.append(this.row, this.form, this.notice);
  }

  show(status: Status, notice: Notice | null): void {
    this.root.dataset.state = status.kind;
    this.row.replaceChildren(...this.rowFor(status));
    this.row.hidden = status.kind === "form";
    this.form.hidden = status.kind !== "form";
    this.notice.replaceChildren(...(notice ? noticeParts(notice) : []));
    this.notice.hidden = !notice;
  }

  private rowFor(status: Status): HTMLElement[] {
    this.row.className = status.kind === "unavailable" ? "notice" : "row";
    switch (status.kind) {
      case "loading":
        return [text(words.loading, "muted")];
      case "guest":
        return [button(words.signIn, "sign-in", this.actions.openForm, "way-in")];
      case "form":
        return [];
      case "user":
        return userParts(status, this.actions.signOut);
      case "unavailable":
        return [
          text(
            status.guestsWelcome ? words.unreachableForGuests : words.unreachableButNeeded,
            "muted",
          ),
          button(words.tryAgain, "auth-retry", this.actions.reload),
        ];
    }
  }
}

function userParts(user: Extract<Status, { kind: "user" }>, signOut: () => void): HTMLElement[] {
  const name = element("span", { className: "name", textContent: user.name, title: user.name });
  name.dataset.testid = "user-name";
  const leave = button(
    user.leaving ? words.signingOut : words.signOut,
    "sign-out",
    signOut,
    "quiet",
  );
  leave.disabled = user.leaving;
  return [avatar(user.name, user.imageUrl), name, leave];
}

function avatar(name: string, imageUrl: string | null): HTMLElement {
  const initial = name.trim().charAt(0).toUpperCase();
  const circle = element("span", { className: "avatar", textContent: initial });
  circle.setAttribute("aria-hidden", "true");
  if (imageUrl) {
    const image = element("img", { alt: "", referrerPolicy: "no-referrer", src: imageUrl });
    image.onload = () => circle.replaceChildren(image);
  }
  return circle;
}

function noticeParts(notice: Notice): HTMLElement[] {
  const parts: HTMLElement[] = [text(notice.text, "muted")];
  if (notice.retry) parts.push(button(words.tryAgain, "notice-retry", notice.retry));
  return parts;
}

function text(content: string, className: string): HTMLElement {
  return element("p", { className, textContent: content });
}

function button(
  label: string,
  testId: string,
  onClick: () => void,
  className = "",
): HTMLButtonElement {
  const made = element("button", { type: "button", className, textContent: label });
  made.dataset.testid = testId;
  made.onclick = onClick;
  return made;
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), properties);
}
