import { useState } from 'react';
import { useStore } from 'zustand';
import { type Action, errorKind } from '../../engine/errors';
import { useServices } from '../services';
import { errorText, modelName, useTexts } from '../texts';
import { useCatalog } from '../useCatalog';
import { useActions } from './actions';

/** What went wrong on this visit, with its remedy and the buttons that apply. */
export function SessionError() {
  const { engine } = useServices();
  const state = useStore(engine.state);
  const catalog = useCatalog();
  const actions = useActions();
  const { sessionError: words, engine: engineWords } = useTexts();
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
        {over ? words.before : words.now}
      </h2>
      <p className="mt-1">{cause}</p>
      <p className="mt-1 text-muted">
        {words.app(app)}
        {over && failure && ` ${words.happened(modelName(failure.modelId, catalog))}`}
      </p>
      <p className="mt-1">{words.person(person)}</p>
      {state.error?.detail && (
        <details className="mt-2 text-muted">
          <summary className="min-h-6 cursor-pointer">{engineWords.whatItSaid}</summary>
          <code className="break-all text-xs">{state.error.detail}</code>
        </details>
      )}
      <ActionButtons wanted={errorKind(kind).actions} actions={actions} />
    </section>
  );
}

function ActionButtons(props: { wanted: Action[]; actions: ReturnType<typeof useActions> }) {
  const [asked, setAsked] = useState<Action | null>(null);
  const buttons = props.wanted.flatMap((id) => {
    const action = props.actions[id];
    return action ? [{ id, ...action }] : [];
  });
  if (buttons.length === 0) return null;
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {buttons.map(({ id, label, sure, run }) => (
        <button
          key={id}
          type="button"
          data-testid={id}
          className="button"
          onClick={() => {
            const asks = sure !== undefined && asked !== id;
            setAsked(asks ? id : null);
            if (!asks) run();
          }}
        >
          {asked === id ? sure : label}
        </button>
      ))}
    </div>
  );
}
