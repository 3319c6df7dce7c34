import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { MachineState } from '../engine/machine';
import { useServices } from './services';
import { choiceText, errorText, megabytes, modelName, useTexts } from './texts';
import { useCatalog } from './useCatalog';

/** What the visitor should know about the engine now; gone when it no longer matters. */
export function Notices() {
  const { engine, offer } = useServices();
  const state = useStore(engine.state);
  const missing = useStore(offer.state, ({ status }) => status === 'failed');
  // Where nothing was started, nothing else tells.
  if (missing && state.phase === 'starting') return <WithoutCatalog />;
  if (state.phase === 'failed') return <Failed state={state} />;
  if (state.phase === 'asking') return <Consent state={state} />;
  if (state.phase === 'suspended') return <Suspended />;
  return (
    <>
      <Standing state={state} />
      <LoadedTwice />
    </>
  );
}

function Failed({ state }: { state: MachineState }) {
  const { engine } = useServices();
  const words = useTexts().engine;
  const kind = state.error?.kind ?? 'unknown';
  const { cause, person } = errorText(kind);
  return (
    <Notice kind={kind} tone="bad">
      <p>
        {cause} {person}
      </p>
      {state.error?.detail && (
        <details className="mt-1 text-muted">
          <summary className="cursor-pointer">{words.whatItSaid}</summary>
          <code className="break-all text-xs">{state.error.detail}</code>
        </details>
      )}
      <button
        type="button"
        data-testid="reset-gpu"
        onClick={() => engine.reset()}
        className="button mt-2"
      >
        {kind === WITHOUT_CATALOG ? words.tryAgain : words.reset}
      </button>
    </Notice>
  );
}

const WITHOUT_CATALOG = 'catalog-unavailable';

/** The models on offer could not be fetched, on a page that loads none by itself. */
function WithoutCatalog() {
  const { offer } = useServices();
  const words = useTexts().engine;
  const { cause, person } = errorText(WITHOUT_CATALOG);
  return (
    <Notice kind={WITHOUT_CATALOG} tone="bad">
      <p>
        {cause} {person}
      </p>
      <button
        type="button"
        // What comes of it is shown in the notice's place.
        onClick={() => void offer.ready().catch(() => {})}
        className="button mt-2"
      >
        {words.tryAgain}
      </button>
    </Notice>
  );
}

/** Downloads may cost this visitor money, so the first one waits for a word. */
function Consent({ state }: { state: MachineState }) {
  const { engine } = useServices();
  const words = useTexts().upgrade;
  const catalog = useCatalog();
  const rung = state.rungs[state.rung];
  if (!rung) return null;
  const size = rung.downloadBytes === null ? '? MB' : megabytes(rung.downloadBytes);
  return (
    <Notice kind="consent">
      <p>{words.consent(modelName(rung.modelId, catalog), size)}</p>
      <button type="button" onClick={() => engine.consent()} className="button-accent mt-2">
        {words.download}
      </button>
    </Notice>
  );
}

function Suspended() {
  const { engine } = useServices();
  const words = useTexts().upgrade;
  return (
    <Notice kind="suspended">
      <p>{words.suspended}</p>
      <button type="button" onClick={() => engine.resume()} className="button mt-2">
        {words.load}
      </button>
    </Notice>
  );
}

/** Why this model answers, where it is not the one that was meant to. */
function Standing({ state }: { state: MachineState }) {
  const { engine } = useServices();
  const words = useTexts().engine;
  const catalog = useCatalog();
  // Once it has answered, why it was chosen is known; the status line still tells.
  const hasAnswered = useStore(engine.counters, ({ turns }) => turns > 0);
  const rung = state.rungs[state.rung];
  const failure = state.failures.findLast(({ modelId }) => modelId !== rung?.modelId);
  if (failure && rung) {
    const { cause, person } = errorText(failure.kind);
    const replaced = words.replaced(
      modelName(failure.modelId, catalog),
      modelName(rung.modelId, catalog),
    );
    return (
      <Notice kind={failure.kind}>
        {replaced} {cause} {person}
      </Notice>
    );
  }
  const isExpected = ['default', 'visitor', 'upgrade', 'cached'].includes(
    state.choice ?? 'default',
  );
  if (isExpected || hasAnswered || !state.choice) return null;
  return <Notice kind={state.choice}>{choiceText(state.choice, state.device)}</Notice>;
}

function LoadedTwice() {
  const { engine } = useServices();
  const words = useTexts().upgrade;
  const [modelId] = useStore(engine.otherTabs.twice);
  const catalog = useCatalog();
  if (modelId === undefined) return null;
  return <Notice kind="loaded-twice">{words.twice(modelName(modelId, catalog))}</Notice>;
}

function Notice(props: { kind: string; tone?: 'bad'; children: ReactNode }) {
  return (
    <div
      data-testid="notice"
      data-kind={props.kind}
      role={props.tone === 'bad' ? 'alert' : undefined}
      className={`text-sm ${props.tone === 'bad' ? 'rounded-ui border border-bad p-3' : 'text-muted'}`}
    >
      {props.children}
    </div>
  );
}
