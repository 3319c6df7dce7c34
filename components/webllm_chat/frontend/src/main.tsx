import '../../../shared/guard';
import { createRoot } from 'react-dom/client';
import { createStore } from 'zustand/vanilla';
import { holdingWhileLeaving } from '../../../shared/page-links';
import { watchConnection } from './bridge/connection';
import type { RenderArgs } from './bridge/protocol';
import { Reporter } from './bridge/reporter';
import { connect, meter, sendReport, setFrameHeight } from './bridge/streamlit';
import { ConversationStore } from './conversation/store';
import type { Note } from './engine/machine';
import { EngineManager } from './engine/manager';
import { OfferedModels } from './engine/offer';
import { App } from './ui/App';
import { ChatSession } from './ui/chat/session/session';
import { ChatSurface } from './ui/chat/surface';
import { engineAccess } from './ui/diagnostics/engine-access';
import { DiagnosticsSession } from './ui/diagnostics/session';
import { appAddress } from './ui/frame';
import { reportContent } from './ui/report';
import { ServicesContext } from './ui/services';
import { sharedMessages } from './ui/sharing';
import { SharingConsent } from './ui/sharing-consent';
import { startLocale } from './ui/texts/locale';
import './ui/styles.css';

const args = createStore<{ current: RenderArgs | null }>(() => ({ current: null }));
const offer = new OfferedModels();
const engine = new EngineManager({}, () => offer.ready());
const conversation = new ConversationStore<Note>();
const chat = new ChatSession(engine, conversation, canTitle);
const diagnostics = new DiagnosticsSession(
  () => args.getState().current,
  () => offer.state.getState().entries,
  engineAccess(engine),
);
const surface = new ChatSurface();
const consent = new SharingConsent(new URL(appAddress()).pathname);
const connection = watchConnection(window.parent.document);
const reporter = new Reporter(holdingWhileLeaving(window.parent, sendReport));

/** Below this, what a model writes as a title says less than the question's first words. */
const SMALLEST_TITLING_PARAMETERS = 300e6;

function canTitle(modelId: string): boolean {
  const entry = offer.state.getState().entries.find(({ model_id }) => model_id === modelId);
  return (entry?.parameters ?? 0) >= SMALLEST_TITLING_PARAMETERS;
}

/** The app wants it, and whoever wrote what is shown has said yes. */
const shares = () =>
  (args.getState().current?.share_messages ?? false) &&
  consent.isGiven(conversation.state.getState().user);

function report(): void {
  const content = reportContent(engine.state.getState(), engine.counters.getState(), {
    history: engine.visits.history.getState(),
    cached: engine.library.cachedModels(),
    acknowledged: engine.acknowledged.getState(),
    memoryBudgetMb: engine.memoryBudgetMb(),
  });
  const { messages } = conversation.state.getState();
  reporter.update(shares() ? { ...content, messages: sharedMessages(messages) } : content);
}
for (const store of [engine.state, engine.counters, engine.visits.history, engine.acknowledged]) {
  store.subscribe(report);
}
engine.library.state.subscribe(report);
consent.state.subscribe(report);
conversation.state.subscribe(({ messages }, before) => {
  // What streams is not finished, and changes thirty times a second.
  if (messages !== before.messages && chat.state.getState().turn === null && shares()) report();
});

/** The engine learns what the page wants as soon as the models on offer are here. */
function configure(): void {
  const { current } = args.getState();
  const { entries, status } = offer.state.getState();
  if (!current || status !== 'here') return;
  engine.configure({
    settings: current.settings,
    catalog: entries,
    embedded: current.embedded,
    appAddress: appAddress(),
  });
  if (current.command && !current.locked) engine.obey(current.command);
}

offer.state.subscribe(configure);
engine.probe();
connect((current) => {
  args.setState({ current });
  offer.want(current.offer);
  configure();
  void chat.setUser(current.user);
  // Only the chat loads a model by itself; the other pages look and wait.
  if (current.view === 'chat' && !current.locked) engine.start();
});

void startLocale();

window.addEventListener('pagehide', () => {
  conversation.leavePage();
  // A visitor who leaves while a model loads has not crashed.
  engine.visits.ended();
});
// A phone takes a page away that is not looked at, and says nothing more.
window.addEventListener('visibilitychange', () => void conversation.flush());

createRoot(document.getElementById('root') as HTMLElement).render(
  <ServicesContext
    value={{
      args,
      offer,
      engine,
      conversation,
      chat,
      diagnostics,
      surface,
      consent,
      meter,
      connection,
      setFrameHeight,
    }}
  >
    <App />
  </ServicesContext>,
);
