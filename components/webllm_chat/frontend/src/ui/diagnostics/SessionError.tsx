import { useStore } from 'zustand';
import { type Action, errorKind } from '../../engine/errors';
import { useServices } from '../services';
import { errorText, modelName } from '../texts';
import { useActions } from './actions';

/** What went wrong on this visit, with its remedy and the buttons that apply. */
export function SessionError() {
  const { args, engine } = useServices();
  const state = useStore(engine.state);
  const catalog = useStore(args, ({ current }) => current?.catalog ?? []);
  const actions = useActions();
  const failure = state.failures.at(-1);
  const kind = state.error?.kind ?? failure?.kind;
  if (!kind) return null;
  const { cause, app, person } = errorText(kind);
  const over = state.error === null;
  return (
    <section
      aria-labelledby="session-error"
      data-testid="session-error"
      data-kind={kind}
      className={`rounded-ui border p-4 text-sm ${over ? 'border-line' : 'border-bad'}`}
    >
      <h2 id="session-error" className="text-base font-semibold">
        {over ? 'What went wrong on this visit' : 'What went wrong'}
      </h2>
      <p className="mt-1">{cause}</p>
      <p className="mt-1 text-muted">
        What the app does: {app}
        {over && failure && ` It happened to ${modelName(failure.modelId, catalog)}.`}
      </p>
      <p className="mt-1">What you can do: {person}</p>
      {state.error?.detail && (
        <details className="mt-2 text-muted">
          <summary className="min-h-6 cursor-pointer">What the engine said</summary>
          <code className="break-all text-xs">{state.error.detail}</code>
        </details>
      )}
      <ActionButtons wanted={errorKind(kind).actions} actions={actions} />
    </section>
  );
}

function ActionButtons(props: { wanted: Action[]; actions: ReturnType<typeof useActions> }) {
  const buttons = props.wanted.flatMap((id) => {
    const action = props.actions[id];
    return action ? [{ id, ...action }] : [];
  });
  if (buttons.length === 0) return null;
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {buttons.map(({ id, label, run }) => (
        <button key={id} type="button" data-testid={id} className="button" onClick={run}>
          {label}
        </button>
      ))}
    </div>
  );
}
