/** Carries questions to the engine and answers into the conversation. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { readText } from '../../../conversation/history';
import { effectiveSettings } from '../../../conversation/state';
import type { ConversationStore } from '../../../conversation/store';
import type { ChatTurnMessage } from '../../../engine/backend';
import type { Note } from '../../../engine/machine';
import type { EngineManager, TurnOutcome, TurnRequest } from '../../../engine/manager';
import { announce } from '../notices/announcer';
import { forgetDeletion } from '../notices/undo';
import { Titles } from './titles';
import { isAnswering } from './turns';

export interface TurnInProgress {
  conversationId: string;
  answerId: string;
}

export interface AnswerOptions {
  /** Answers with this model, which is loaded first; by default the one in use. */
  modelId?: string | undefined;
  onToken?: ((text: string) => void) | undefined;
}

/** What asks a model to go on, since neither engine can begin with an answer's first half. */
const GO_ON =
  'Your last answer was cut off. Continue it exactly where it ended, without repeating any of it.';

export class ChatSession {
  /** The answer on its way, in whichever conversation. */
  readonly state: StoreApi<{ turn: TurnInProgress | null }> = createStore(() => ({ turn: null }));

  readonly #titles: Titles;
  /** Waits for the engine to put a title aside. */
  #waiting: TurnRequest | null = null;

  /** @param canTitle - whether a model writes titles that are better than the first words. */
  constructor(
    private readonly engine: EngineManager,
    private readonly conversation: ConversationStore<Note>,
    canTitle: (modelId: string) => boolean = () => false,
  ) {
    this.#titles = new Titles(engine, conversation, canTitle);
  }

  /**
   * Resolves with the answer's text when it has ended, however it ended. Without text to send,
   * or while another answer is on its way, it does nothing, and the draft stays.
   */
  send(text: string, onToken?: (text: string) => void): Promise<string> {
    const content = text.trim();
    if (content === '') return Promise.resolve('');
    return this.#whenLoaded(() => {
      if (this.#busy) return '';
      this.conversation.setDraft('');
      return this.#answer(this.conversation.addTurn(content), { onToken });
    });
  }

  /** Another answer to the same question. @returns its text. */
  regenerate(answerId: string, options: AnswerOptions = {}): Promise<string> {
    const id = this.#addBeside(answerId);
    return id === null ? Promise.resolve('') : this.#answer(id, options);
  }

  /** Answers a question in another wording; the first one and what followed it stay beside. */
  editAndResend(questionId: string, text: string, options: AnswerOptions = {}): Promise<string> {
    const content = text.trim();
    if (this.#busy || content === '') return Promise.resolve('');
    const id = this.conversation.editQuestion(questionId, content);
    return id === null ? Promise.resolve('') : this.#answer(id, options);
  }

  /** Has the same question answered once more, and shows both answers side by side. */
  compare(answerId: string, options: AnswerOptions = {}): Promise<string> {
    const id = this.#addBeside(answerId);
    if (id === null) return Promise.resolve('');
    this.conversation.compare(answerId, id);
    return this.#answer(id, options);
  }

  /** Goes on with an answer that was interrupted or stopped; what it has stays. */
  continue(answerId: string, options: AnswerOptions = {}): Promise<string> {
    const answer = this.conversation.message(answerId);
    if (this.#busy || answer?.role !== 'assistant') return Promise.resolve('');
    this.conversation.resume(answerId);
    // Of an answer that had not come further than thoughts there is nothing to go on with.
    const begun = readText(answer) !== '';
    return this.#answer(answerId, options, begun ? answer.content : '');
  }

  /** Ends the answer on its way; what has come stays. */
  stop(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) waiting.onEnd({ kind: 'stopped' });
    else this.engine.stop();
  }

  /** Deletes the open conversation; it can be restored for a while. */
  clear(): void {
    const { openId } = this.conversation.state.getState();
    if (openId === null) return;
    if (this.state.getState().turn?.conversationId === openId) this.stop();
    this.conversation.deleteConversations([openId]);
  }

  /** Ends what is on its way for one person before another's conversations are shown. */
  async setUser(user: string | null): Promise<void> {
    const { user: before } = this.conversation.state.getState();
    if (before !== undefined && before !== user) {
      this.stop();
      // What was read out to one person, or could be undone by them, is not left for the next.
      announce('');
      forgetDeletion();
    }
    await this.conversation.setUser(user);
  }

  get #busy(): boolean {
    return this.#waiting !== null || isAnswering(this.engine.state.getState());
  }

  /** At once, where nothing has to be waited for: the question is shown as the key is pressed. */
  #whenLoaded(then: () => string | Promise<string>): Promise<string> {
    if (!this.conversation.state.getState().loading) return Promise.resolve(then());
    return this.conversation.whenLoaded().then(then);
  }

  /** @returns the id of another answer to the same question; null: it has to wait. */
  #addBeside(answerId: string): string | null {
    const questionId = this.conversation.message(answerId)?.parentId;
    return this.#busy || !questionId ? null : this.conversation.addAnswer(questionId);
  }

  /** @param base - what the answer said before; an engine that starts over keeps it. */
  #answer(id: string, options: AnswerOptions, base = ''): Promise<string> {
    const history: ChatTurnMessage[] = this.conversation.historyBefore(id);
    if (base !== '') {
      const said = readText({ role: 'assistant', content: base });
      history.push({ role: 'assistant', content: said }, { role: 'user', content: GO_ON });
    }
    const { conversationId } = this.conversation.message(id) ?? {};
    if (conversationId === undefined) return Promise.resolve('');
    this.state.setState({ turn: { conversationId, answerId: id } });
    return new Promise((resolve) => {
      const turn: TurnRequest = {
        id,
        messages: () => history,
        options: effectiveSettings(this.conversation.state.getState()),
        ...(options.modelId === undefined ? {} : { modelId: options.modelId }),
        onStart: (modelId) => this.#begin(id, modelId, base),
        onToken: (token) => {
          this.conversation.append(id, token);
          options.onToken?.(token);
        },
        onNote: (note) => this.#note(id, note),
        onEnd: (outcome) => {
          const answer = this.conversation.message(id);
          this.#end(id, outcome);
          const content = answer?.content ?? '';
          if (outcome.kind === 'answered') {
            const question = history.find(({ role }) => role === 'user')?.content ?? '';
            const said = answer ? readText(answer) : '';
            this.#titles.consider(conversationId, question, said, answer?.modelId ?? null);
          }
          resolve(content);
        },
      };
      this.#ask(turn);
    });
  }

  #ask(turn: TurnRequest): void {
    const free = this.#titles.giveWay();
    if (!free) {
      this.engine.ask(turn);
      return;
    }
    this.#waiting = turn;
    void free.then(() => {
      if (this.#waiting !== turn) return;
      this.#waiting = null;
      this.engine.ask(turn);
    });
  }

  /** What an engine said before it failed is kept beside the answer that follows. */
  #begin(id: string, modelId: string, base: string): void {
    this.conversation.update(id, ({ content, interrupted }) => {
      const lost = content.slice(base.length);
      return {
        status: 'streaming',
        modelId,
        content: base,
        interrupted: lost === '' ? interrupted : [...interrupted, lost],
      };
    });
  }

  #note(id: string, note: Note): void {
    this.conversation.update(id, ({ notes }) => ({
      // A further trim of the same conversation is no further news.
      notes: [...notes.filter(({ kind }) => kind !== 'trimmed' || note.kind !== 'trimmed'), note],
    }));
  }

  #end(id: string, outcome: TurnOutcome): void {
    this.state.setState({ turn: null });
    if (outcome.kind === 'failed') {
      this.conversation.update(id, () => ({ status: 'failed', errorKind: outcome.errorKind }));
    } else if (outcome.kind === 'stopped') {
      this.conversation.update(id, () => ({ status: 'stopped' }));
    } else {
      const { finish, completionTokens, timeToFirstTokenS, decodeTokensPerS } = outcome.result;
      this.conversation.update(id, () => ({
        status: finish === 'stopped' ? 'stopped' : 'done',
        stats: { tokens: completionTokens, timeToFirstTokenS, decodeTokensPerS },
      }));
    }
  }
}
