/** The conversation, as it is shown and as the engine reads it. It never leaves the browser. */
import { nanoid } from 'nanoid';
import { createStore, type StoreApi } from 'zustand/vanilla';

export type MessageStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

export interface MessageStats {
  tokens: number;
  timeToFirstTokenS: number;
  decodeTokensPerS: number;
}

export interface Message<Note = unknown> {
  id: string;
  role: 'user' | 'assistant';
  content: string;
  status: MessageStatus;
  modelId: string | null;
  notes: Note[];
  /** What an engine had said when it failed; another one answered after it. */
  interrupted: string[];
  errorKind: string | null;
  stats: MessageStats | null;
}

export interface Conversation<Note = unknown> {
  messages: Message<Note>[];
  draft: string;
}

export class ConversationStore<Note = unknown> {
  readonly state: StoreApi<Conversation<Note>> = createStore(() => ({ messages: [], draft: '' }));

  setDraft(draft: string): void {
    this.state.setState({ draft });
  }

  /** Adds a question and the answer to come. @returns the answer's id. */
  addTurn(content: string): string {
    const question = this.#message('user', content, 'done');
    const answer = this.#message('assistant', '', 'waiting');
    this.state.setState(({ messages }) => ({ messages: [...messages, question, answer] }));
    return answer.id;
  }

  update(id: string, change: (message: Message<Note>) => Partial<Message<Note>>): void {
    this.state.setState(({ messages }) => ({
      messages: messages.map((message) =>
        message.id === id ? { ...message, ...change(message) } : message,
      ),
    }));
  }

  /** What an engine reads to answer: every finished turn before this answer, and its question. */
  historyBefore(answerId: string): { role: 'user' | 'assistant'; content: string }[] {
    const { messages } = this.state.getState();
    const end = messages.findIndex(({ id }) => id === answerId);
    return messages
      .slice(0, Math.max(0, end))
      .filter(({ content }) => content !== '')
      .map(({ role, content }) => ({ role, content }));
  }

  clear(): void {
    this.state.setState({ messages: [] });
  }

  #message(role: 'user' | 'assistant', content: string, status: MessageStatus): Message<Note> {
    return {
      id: nanoid(),
      role,
      content,
      status,
      modelId: null,
      notes: [],
      interrupted: [],
      errorKind: null,
      stats: null,
    };
  }
}
