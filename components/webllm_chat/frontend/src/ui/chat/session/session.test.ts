import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationStore, type Message } from '../../../conversation/store';
import type { GenerateResult } from '../../../engine/backend';
import { INITIAL, type Note } from '../../../engine/machine';
import { EngineManager, type TurnRequest } from '../../../engine/manager';
import { eachWithItsOwnStorage, until } from '../../../test/browser-storage';
import { announce, announcement } from '../notices/announcer';
import { lastDeletion, offerUndo } from '../notices/undo';
import { ChatSession } from './session';

const RESULT: GenerateResult = {
  finish: 'stop',
  promptTokens: 12,
  completionTokens: 3,
  timeToFirstTokenS: 0.5,
  decodeTokensPerS: 20,
};

eachWithItsOwnStorage();

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

  it('gives the engine the turns before it, without the thoughts of answers', () => {
    const { turn } = send('one');
    turn.onStart('small');
    turn.onToken('<think>Hm.</think>First.');
    turn.onEnd({ kind: 'answered', result: RESULT });
    expect(answer().content).toBe('<think>Hm.</think>First.');
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

/** Answers the turn that was asked last. */
function reply(text: string, modelId = 'small'): void {
  const turn = asked.at(-1) as TurnRequest;
  turn.onStart(modelId);
  turn.onToken(text);
  turn.onEnd({ kind: 'answered', result: RESULT });
}

const texts = () => messages().map(({ content }) => content);
const questionId = () => messages()[0]?.id as string;

describe('answering once more', () => {
  beforeEach(() => {
    send('Why?');
    reply('Because.');
  });

  it('adds another answer to the same question, by the model asked for', async () => {
    const first = answer();
    const again = session.regenerate(first.id, { modelId: 'large' });
    expect(asked.at(-1)).toMatchObject({ modelId: 'large' });
    expect(asked.at(-1)?.messages()).toEqual([{ role: 'user', content: 'Why?' }]);
    reply('Since.', 'large');
    expect(await again).toBe('Since.');
    expect(texts()).toEqual(['Why?', 'Since.']);
    expect(conversation.message(first.id)).toMatchObject({ content: 'Because.', status: 'done' });
  });

  it('leaves the choice of the model to the engine where none is asked for', () => {
    void session.regenerate(answer().id);
    expect(asked.at(-1)).not.toHaveProperty('modelId');
  });

  it('answers another wording of the question', () => {
    void session.editAndResend(questionId(), ' Why not? ');
    reply('No reason.');
    expect(texts()).toEqual(['Why not?', 'No reason.']);
    expect(asked.at(-1)?.messages()).toEqual([{ role: 'user', content: 'Why not?' }]);
  });

  it('shows two answers side by side', () => {
    const first = answer().id;
    void session.compare(first, { modelId: 'large' });
    const second = asked.at(-1)?.id;
    expect(conversation.state.getState().comparison).toEqual([first, second]);
  });

  it('does nothing while another answer is on its way', async () => {
    engine.state.setState({ ...INITIAL, turn: { id: 'open', trimmed: 0 } });
    const before = texts();
    await session.regenerate(answer().id);
    await session.editAndResend(questionId(), 'Why not?');
    await session.compare(answer().id);
    await session.continue(answer().id);
    expect(asked).toHaveLength(1);
    expect(texts()).toEqual(before);
  });
});

describe('going on with an answer', () => {
  const stoppedAt = (content: string) => {
    const { turn } = send('Tell me a story.');
    turn.onStart('small');
    turn.onToken(content);
    turn.onEnd({ kind: 'answered', result: { ...RESULT, finish: 'stopped' } });
    return answer().id;
  };

  it('adds to what it had, with the model in use', async () => {
    const id = stoppedAt('Once upon');
    const goesOn = session.continue(id);
    const turn = asked.at(-1) as TurnRequest;
    expect(turn.id).toBe(id);
    // The model that began it may be the one that failed.
    expect(turn).not.toHaveProperty('modelId');
    expect(turn.messages().map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(turn.messages()[1]?.content).toBe('Once upon');
    reply(' a time.');
    expect(await goesOn).toBe('Once upon a time.');
    expect(answer()).toMatchObject({ content: 'Once upon a time.', status: 'done' });
    expect(messages()).toHaveLength(2);
  });

  it('keeps it when the engine has to start over', () => {
    void session.continue(stoppedAt('Once upon'));
    const turn = asked.at(-1) as TurnRequest;
    turn.onNote({ kind: 'same-model-again', modelId: 'small', error: 'device-lost' });
    turn.onStart('small');
    turn.onToken(' a ti');
    turn.onStart('less');
    turn.onToken(' a time.');
    turn.onEnd({ kind: 'answered', result: RESULT });
    expect(answer()).toMatchObject({
      content: 'Once upon a time.',
      interrupted: [' a ti'],
      status: 'done',
    });
  });

  it('leaves its thoughts out of what the model reads', () => {
    const id = stoppedAt('<think>How to begin?</think>Once upon');
    void session.continue(id);
    expect(asked.at(-1)?.messages()[1]?.content).toBe('Once upon');
    reply(' a time.');
    expect(answer().content).toBe('<think>How to begin?</think>Once upon a time.');
  });

  it('answers anew where there were only thoughts, which stay beside it', () => {
    const id = stoppedAt('<think>How to beg');
    void session.continue(id);
    expect(asked.at(-1)?.messages()).toEqual([{ role: 'user', content: 'Tell me a story.' }]);
    reply('Once upon a time.');
    expect(answer()).toMatchObject({
      content: 'Once upon a time.',
      interrupted: ['<think>How to beg'],
    });
  });

  it('keeps it when nothing more comes', () => {
    const id = stoppedAt('Once upon');
    void session.continue(id);
    asked.at(-1)?.onEnd({ kind: 'failed', errorKind: 'out-of-memory' });
    expect(answer()).toMatchObject({ content: 'Once upon', status: 'failed' });
  });
});

describe('settings', () => {
  it('of the conversation go before the defaults', () => {
    conversation.preferences.setDefaults({ temperature: 0.2, systemPrompt: 'Be kind.' });
    conversation.setSettings({ temperature: 1 });
    const { turn } = send();
    expect(turn).toMatchObject({ options: { temperature: 1, systemPrompt: 'Be kind.' } });
  });

  it('are those of the conversation in which the question was asked', () => {
    conversation.setSettings({ seed: 1 });
    send('one');
    reply('One.');
    conversation.openNew();
    expect(send('two').turn).toMatchObject({ options: {} });
  });
});

describe('another conversation opened meanwhile', () => {
  it('takes nothing from the answer on its way', async () => {
    const { ended, turn } = send('one');
    const { turn: inProgress } = session.state.getState();
    turn.onStart('small');
    turn.onToken('Fir');
    conversation.openNew();
    turn.onToken('st.');
    turn.onEnd({ kind: 'answered', result: RESULT });
    expect(await ended).toBe('First.');
    expect(messages()).toEqual([]);
    await conversation.open(inProgress?.conversationId as string);
    expect(texts()).toEqual(['one', 'First.']);
    expect(session.state.getState().turn).toBeNull();
  });
});

describe('a change of person', () => {
  it('stops the answer on its way', async () => {
    await session.setUser('ada');
    const { turn } = send('one');
    turn.onStart('small');
    expect(engine.stop).not.toHaveBeenCalled();
    announce('Answer: a secret of hers');
    offerUndo({ text: '“A secret” deleted', restore: () => {} });
    await session.setUser('bob');
    expect(announcement.getState().text).toBe('');
    expect(lastDeletion.getState().deletion).toBeNull();
    expect(engine.stop).toHaveBeenCalledTimes(1);
    await session.setUser('bob');
    expect(engine.stop).toHaveBeenCalledTimes(1);
  });
});

describe('a conversation that is still being read', () => {
  it('gets the question at its end', async () => {
    await session.setUser('ada');
    send('one');
    reply('One.');
    await conversation.flush();
    const again = new ConversationStore<Note>();
    const early = new ChatSession(engine, again);
    void early.setUser('ada');
    expect(again.state.getState().loading).toBe(true);
    void early.send('two');
    await until(() => expect(asked).toHaveLength(2));
    expect(
      asked
        .at(-1)
        ?.messages()
        .map(({ content }) => content),
    ).toEqual(['one', 'One.', 'two']);
  });
});

describe('titles', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    session = new ChatSession(engine, conversation, (modelId) => modelId !== 'tiny');
    engine.state.setState({ ...INITIAL, phase: 'ready' });
  });
  afterEach(() => void vi.useRealTimers());

  const conversations = () => conversation.state.getState().conversations;
  const whenIdle = () => vi.advanceTimersByTimeAsync(5000);
  const titleTurn = () => asked.at(-1) as TurnRequest;

  async function titled(text: string, model = 'small'): Promise<void> {
    send('Why is the sky blue?');
    reply('Because.', model);
    await whenIdle();
    engine.state.setState({ turn: { id: titleTurn().id, trimmed: 0 } });
    reply(text, model);
    engine.state.setState({ turn: null });
    await whenIdle();
  }

  it('are the first words, until the model has time for a better one', async () => {
    send('Why is the sky blue?');
    expect(conversations()[0]?.title).toBe('Why is the sky blue?');
    reply('Because.');
    expect(asked).toHaveLength(1);
    await whenIdle();
    expect(asked).toHaveLength(2);
    expect(titleTurn().messages()[0]?.content).toContain('Why is the sky blue?');
    reply('"The blue sky"');
    expect(conversations()[0]).toMatchObject({ title: 'The blue sky', titledBy: 'model' });
    expect(texts()).toEqual(['Why is the sky blue?', 'Because.']);
  });

  it.each([
    ['too long', 'This is a very long title that goes on and on and on without any end'],
    ['no words', '***'],
    ['only thoughts', '<think>\nOkay, the user wants'],
    ['one word again and again', 'sky sky sky sky sky'],
    ['nothing', ''],
  ])('stay the first words when the model writes %s', async (_, text) => {
    await titled(text);
    expect(conversations()[0]).toMatchObject({ titledBy: 'words' });
  });

  it('are asked for once', async () => {
    await titled('***');
    send('Really?');
    reply('Yes.');
    await whenIdle();
    expect(asked).toHaveLength(3);
  });

  it('are not asked of a model that is too small, or once the visitor has named it', async () => {
    send('one');
    reply('One.', 'tiny');
    await whenIdle();
    expect(asked).toHaveLength(1);
    send('two');
    reply('Two.');
    conversation.rename(conversation.state.getState().openId as string, 'Mine');
    await whenIdle();
    expect(asked).toHaveLength(2);
    expect(conversations()[0]?.title).toBe('Mine');
  });

  it('give way to a question, which is shown at once and answered next', async () => {
    send('one');
    reply('One.');
    await whenIdle();
    const title = titleTurn();
    engine.state.setState({ turn: { id: title.id, trimmed: 0 } });
    void session.send('two');
    expect(texts()).toEqual(['one', 'One.', 'two', '']);
    expect(engine.stop).toHaveBeenCalled();
    expect(titleTurn()).toBe(title);
    engine.state.setState({ turn: null });
    title.onToken('Half a');
    title.onEnd({ kind: 'answered', result: { ...RESULT, finish: 'stopped' } });
    await vi.advanceTimersByTimeAsync(0);
    expect(titleTurn().id).toBe(messages().at(-1)?.id);
    expect(conversations()[0]?.title).toBe('one');
  });

  it('let a question that waits for them be stopped', async () => {
    send('one');
    reply('One.');
    await whenIdle();
    const title = titleTurn();
    engine.state.setState({ turn: { id: title.id, trimmed: 0 } });
    const ended = session.send('two');
    session.stop();
    await ended;
    engine.state.setState({ turn: null });
    title.onEnd({ kind: 'stopped' });
    await vi.advanceTimersByTimeAsync(0);
    expect(answer()).toMatchObject({ status: 'stopped', content: '' });
    expect(titleTurn()).toBe(title);
  });
});
