/** What is open above the chat, and what has the keyboard's attention. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type OpenDialog = 'settings' | 'shortcuts' | 'privacy' | 'conversations';

export interface Surface {
  dialog: OpenDialog | null;
  /** The question whose wording is being changed. */
  editing: string | null;
}

/** Of one mounted chat. */
export class ChatSurface {
  readonly state: StoreApi<Surface> = createStore(() => ({ dialog: null, editing: null }));
  #composer: HTMLTextAreaElement | null = null;
  #showMessage: (id: string) => void = () => {};

  open(dialog: OpenDialog): void {
    this.state.setState({ dialog });
  }

  close(): void {
    this.state.setState({ dialog: null });
  }

  edit(messageId: string | null): void {
    this.state.setState({ editing: messageId });
  }

  setComposer(field: HTMLTextAreaElement | null): void {
    this.#composer = field;
  }

  focusComposer(): void {
    this.#composer?.focus();
  }

  setMessageFocus(show: (id: string) => void): void {
    this.#showMessage = show;
  }

  /** Scrolls to a message and gives it the focus. */
  focusMessage(id: string): void {
    this.#showMessage(id);
  }
}
