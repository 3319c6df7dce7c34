/**
 * The visitor's own yes or no to an app that would like to receive messages. The app's wish alone
 * shares nothing: it arrives in a message, and this answer is given in the frame, by the visitor.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type SharingAnswer = 'yes' | 'no';
/** Answers by person; the guest is the empty name, which no user key has. */
type Answers = Record<string, SharingAnswer>;

const KEY = 'webllm-chat.sharing';

export class SharingConsent {
  readonly state: StoreApi<Answers>;

  /** @param app - path of the app, so that several on one origin are asked about one by one. */
  constructor(private readonly app: string) {
    this.state = createStore(() => answersFor(app));
  }

  /** @param user - null: the guest; undefined: not known yet, and so never shared. */
  isGiven(user: string | null | undefined): boolean {
    return user !== undefined && this.state.getState()[user ?? ''] === 'yes';
  }

  answer(user: string | null, answer: SharingAnswer): void {
    this.state.setState({ [user ?? '']: answer });
    try {
      const all = { ...stored(), [this.app]: this.state.getState() };
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // Without storage the answer lasts for this visit.
    }
  }
}

function answersFor(app: string): Answers {
  const answers = stored()[app];
  return answers instanceof Object ? (answers as Answers) : {};
}

function stored(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return value instanceof Object ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
