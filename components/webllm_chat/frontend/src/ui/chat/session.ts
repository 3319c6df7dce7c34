/** Carries questions to the engine and answers into the conversation. */
import type { ConversationStore } from '../../conversation/store';
import type { Note } from '../../engine/machine';
import type { EngineManager } from '../../engine/manager';

export class ChatSession {
  constructor(
    private readonly engine: EngineManager,
    private readonly conversation: ConversationStore<Note>,
  ) {}

  /**
   * Resolves with the answer's text when it has ended, however it ended. Without text to send,
   * or while another answer is on its way, it does nothing.
   */
  send(text: string, onToken: (text: string) => void = () => {}): Promise<string> {
    const content = text.trim();
    if (content === '' || this.engine.state.getState().turn) return Promise.resolve('');
    this.conversation.setDraft('');
    const id = this.conversation.addTurn(content);
    return new Promise((resolve) => {
      this.engine.ask({
        id,
        messages: () => this.conversation.historyBefore(id),
        onStart: (modelId) => this.#begin(id, modelId),
        onToken: (token) => {
          this.conversation.update(id, (message) => ({ content: message.content + token }));
          onToken(token);
        },
        onNote: (note) =>
          this.conversation.update(id, ({ notes }) => ({
            // A further trim of the same conversation is no further news.
            notes: [
              ...notes.filter(({ kind }) => kind !== 'trimmed' || note.kind !== 'trimmed'),
              note,
            ],
          })),
        onEnd: (outcome) => {
          if (outcome.kind === 'answered') {
            const { result } = outcome;
            this.conversation.update(id, () => ({
              status: result.finish === 'stopped' ? 'stopped' : 'done',
              stats: {
                tokens: result.completionTokens,
                timeToFirstTokenS: result.timeToFirstTokenS,
                decodeTokensPerS: result.decodeTokensPerS,
              },
            }));
          } else if (outcome.kind === 'stopped') {
            this.conversation.update(id, () => ({ status: 'stopped' }));
          } else {
            this.conversation.update(id, () => ({
              status: 'failed',
              errorKind: outcome.errorKind,
            }));
          }
          const { messages } = this.conversation.state.getState();
          resolve(messages.find((message) => message.id === id)?.content ?? '');
        },
      });
    });
  }

  clear(): void {
    this.engine.stop();
    this.conversation.clear();
  }

  /** What an engine said before it failed is kept beside the answer that follows. */
  #begin(id: string, modelId: string): void {
    this.conversation.update(id, ({ content, interrupted }) => ({
      status: 'streaming',
      modelId,
      content: '',
      interrupted: content === '' ? interrupted : [...interrupted, content],
    }));
  }
}
