/** Has a model title a conversation after its first answer, when it has nothing else to do. */
import { splitReasoning } from '../../../conversation/reasoning';
import type { ConversationStore } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import type { EngineManager } from '../../../engine/manager';
import { titleTurn } from './turns';

/** After an answer, a person may well ask on at once. Milliseconds. */
const IDLE_MS = 2000;

/** Of the question and of the answer, what a title can be told from. Characters. */
const EXCERPT = 600;

const OPTIONS = {
  systemPrompt: 'You write short titles. You answer with the title only.',
  temperature: 0,
  maxTokens: 24,
};

/** A title is at most this long. */
const MOST_WORDS = 9;
const MOST_CHARACTERS = 60;

export class Titles {
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tried = new Set<string>();

  /** @param canTitle - whether a model writes titles that are better than the first words. */
  constructor(
    private readonly engine: EngineManager,
    private readonly conversation: ConversationStore<Note>,
    private readonly canTitle: (modelId: string) => boolean,
  ) {}

  /** An answer has come: its conversation gets a title soon, unless it has one. */
  consider(conversationId: string, question: string, answer: string, modelId: string | null): void {
    if (answer === '' || modelId === null || !this.canTitle(modelId)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { phase, turn } = this.engine.state.getState();
      const waits = phase === 'ready' && turn === null && !this.#tried.has(conversationId);
      if (!waits || !this.#hasFirstWords(conversationId)) return;
      this.#tried.add(conversationId);
      this.#running = this.#write(conversationId, question, answer).finally(() => {
        this.#running = undefined;
      });
    }, IDLE_MS);
  }

  /** Lets a question go first. @returns when the engine is free; undefined: it is. */
  giveWay(): Promise<void> | undefined {
    clearTimeout(this.#timer);
    if (this.#running) this.engine.stop();
    return this.#running;
  }

  #hasFirstWords(conversationId: string): boolean {
    const { conversations } = this.conversation.state.getState();
    return conversations.find(({ id }) => id === conversationId)?.titledBy === 'words';
  }

  #write(conversationId: string, question: string, answer: string): Promise<void> {
    const content = `Write a title of at most six words for a conversation that begins like this.

Question: ${question.slice(0, EXCERPT)}

Answer: ${answer.slice(0, EXCERPT)}

Title:`;
    return new Promise((resolve) => {
      let text = '';
      this.engine.ask({
        id: titleTurn(conversationId),
        messages: () => [{ role: 'user', content }],
        options: OPTIONS,
        aside: true,
        onStart: () => {
          text = '';
        },
        onToken: (token) => {
          text += token;
        },
        onNote: () => {},
        onEnd: (outcome) => {
          const whole = outcome.kind === 'answered' && outcome.result.finish !== 'stopped';
          const title = whole ? titleIn(text) : null;
          if (title !== null && this.#hasFirstWords(conversationId)) {
            this.conversation.rename(conversationId, title, 'model');
          }
          resolve();
        },
      });
    });
  }
}

/** The title in what a model wrote; null when it wrote none. */
function titleIn(text: string): string | null {
  // Thinking models think about titles too, and may get no further.
  const said = splitReasoning(text).answer.trim();
  const line = said.split('\n', 1)[0] ?? '';
  const title = line
    .replace(/^[#*_\s]*(title)?\s*:?\s*/i, '')
    .replace(/^["'“”„«»*_`]+|["'“”„«»*_`.\s]+$/gu, '')
    .replace(/\s+/g, ' ');
  const words = title.split(' ');
  const repeats = words.length > 3 && new Set(words).size <= words.length / 2;
  const fits = title.length <= MOST_CHARACTERS && words.length <= MOST_WORDS;
  return /\p{L}{2}|\p{Lo}/u.test(title) && fits && !repeats ? title : null;
}
