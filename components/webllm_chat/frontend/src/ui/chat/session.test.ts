import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationStore, type Message } from '../../conversation/store';
import type { GenerateResult } from '../../engine/backend';
import { INITIAL, type Note } from '../../engine/machine';
import { EngineManager, type TurnRequest } from '../../engine/manager';
import { ChatSession } from './session';

const RESULT: GenerateResult = {
  finish: 'stop',
  promptTokens: 12,
  completionTokens: 3,
  timeToFirstTokenS: 0.5,
  decodeTokensPerS: 20,
};

let engine: EngineManager;
let conversation: ConversationStore<Note>;
let session: ChatSession;
let asked: TurnRequest[];

beforeEach(() => {
  engine = new EngineManager();
  conversation = new ConversationStore<Note>();
  session = new ChatSession(engine, conversation);
  asked = [];
  vi.spyOn(engine, 'ask').mockImplementation((turn) => {
    asked.push(turn);
  });
  vi.spyOn(engine, 'stop').mockImplementation(() => {});
});

const messages = () => conversation.state.getState().messages;
/** The newest of it: the page shows it a moment later. */
const answer = () => conversation.message(messages().at(-1)?.id ?? '') as Message<Note>;

/** Sends a question; the engine's side of it comes back. */
function send(text = 'Why?', onToken?: (token: string) => void) {
  const ended = session.send(text, onToken);
  return { ended, turn: asked.at(-1) as TurnRequest };
}

describe('sending', () => {
  it('shows the question at once, empties the draft, and asks for the answer', () => {
    conversation.setDraft('  Why? ');
    const { turn } = send('  Why? ');
    expect(messages()).toMatchObject([
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: '', status: 'waiting' },
    ]);
    expect(conversation.state.getState().draft).toBe('');
    expect(turn.id).toBe(answer().id);
    expect(turn.messages()).toEqual([{ role: 'user', content: 'Why?' }]);
  });

  it('sends nothing when there is nothing to send', async () => {
    await session.send(' \n ');
    expect(asked).toEqual([]);
    expect(messages()).toEqual([]);
  });

  it('keeps the draft while another question is open', async () => {
    engine.state.setState({ ...INITIAL, turn: { id: 'open', trimmed: 0 } });
    conversation.setDraft('next');
    await session.send('next');
    expect(asked).toEqual([]);
    expect(messages()).toEqual([]);
    expect(conversation.state.getState().draft).toBe('next');
  });

  it('gives the engine the turns before it', () => {
    const { turn } = send('one');
    turn.onStart('small');
    turn.onToken('First.');
    turn.onEnd({ kind: 'answered', result: RESULT });
    expect(send('two').turn.messages()).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'two' },
    ]);
  });
});

describe('answering', () => {
  it('grows by each token, for the page and for the caller', () => {
    const tokens: string[] = [];
    const { turn } = send('Why?', (token) => tokens.push(token));
    turn.onStart('small');
    expect(answer()).toMatchObject({ status: 'streaming', modelId: 'small', content: '' });
    for (const token of ['Be', 'cause', '.']) turn.onToken(token);
    expect(answer().content).toBe('Because.');
    expect(tokens).toEqual(['Be', 'cause', '.']);
  });

  it('ends with its figures', async () => {
    const { ended, turn } = send();
    turn.onStart('small');
    turn.onToken('Because.');
    turn.onEnd({ kind: 'answered', result: RESULT });
    await ended;
    expect(answer()).toMatchObject({
      status: 'done',
      content: 'Because.',
      stats: { tokens: 3, timeToFirstTokenS: 0.5, decodeTokensPerS: 20 },
    });
  });

  it('is done, not stopped, when it reached the longest answer', () => {
    const { turn } = send();
    turn.onEnd({ kind: 'answered', result: { ...RESULT, finish: 'length' } });
    expect(answer().status).toBe('done');
  });

  it('keeps what it had when it was stopped', async () => {
    const { ended, turn } = send();
    turn.onStart('small');
    turn.onToken('Beca');
    turn.onEnd({ kind: 'answered', result: { ...RESULT, finish: 'stopped' } });
    await ended;
    expect(answer()).toMatchObject({ status: 'stopped', content: 'Beca' });
  });

  it('is stopped when it was taken back before a model answered', async () => {
    const { ended, turn } = send();
    turn.onEnd({ kind: 'stopped' });
    await ended;
    expect(answer()).toMatchObject({ status: 'stopped', content: '' });
  });

  it('keeps the text so far and names the error when it failed', async () => {
    const { ended, turn } = send();
    turn.onStart('small');
    turn.onToken('Beca');
    turn.onEnd({ kind: 'failed', errorKind: 'out-of-memory' });
    await ended;
    expect(answer()).toMatchObject({
      status: 'failed',
      errorKind: 'out-of-memory',
      content: 'Beca',
    });
  });

  it('resolves only when it has ended', async () => {
    const { ended, turn } = send();
    let resolved = false;
    void ended.then(() => {
      resolved = true;
    });
    turn.onStart('small');
    turn.onToken('Beca');
    await Promise.resolve();
    expect(resolved).toBe(false);
    turn.onEnd({ kind: 'answered', result: RESULT });
    await ended;
    expect(resolved).toBe(true);
  });

  it('keeps notes in the order they came', () => {
    const { turn } = send();
    const again: Note = { kind: 'same-model-again', modelId: 'small', error: 'device-lost' };
    const down: Note = { kind: 'stepped-down', from: 'small', to: 'less', error: 'device-lost' };
    turn.onNote(again);
    turn.onNote(down);
    expect(answer().notes).toEqual([again, down]);
  });

  it('keeps what each failed engine had said beside the answer of the next', () => {
    const { turn } = send();
    turn.onStart('small');
    turn.onToken('Once upon');
    turn.onStart('small');
    turn.onToken('There was');
    turn.onStart('less');
    turn.onToken('Because.');
    expect(answer()).toMatchObject({
      content: 'Because.',
      interrupted: ['Once upon', 'There was'],
      modelId: 'less',
      status: 'streaming',
    });
  });

  it('keeps nothing of an engine that failed before its first token', () => {
    const { turn } = send();
    turn.onStart('small');
    turn.onStart('less');
    expect(answer().interrupted).toEqual([]);
  });
});

describe('clearing', () => {
  it('stops the answer on its way, whose last words then go nowhere', () => {
    const { turn } = send();
    turn.onStart('small');
    session.clear();
    expect(engine.stop).toHaveBeenCalled();
    turn.onToken('late');
    turn.onEnd({ kind: 'answered', result: RESULT });
    expect(messages()).toEqual([]);
  });
});
