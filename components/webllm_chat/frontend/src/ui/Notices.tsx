import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { errorKind } from '../engine/errors';
import { useServices } from './services';
import { choiceText, modelName } from './texts';

/** What the visitor should know about the engine now; gone when it no longer matters. */
export function Notices() {
  const { args, engine } = useServices();
  const state = useStore(engine.state);
  const catalog = useStore(args, ({ current }) => current?.catalog ?? []);
  const rung = state.rungs[state.rung];
  if (state.phase === 'failed') {
    const { kind, cause, person } = errorKind(state.error?.kind ?? 'unknown');
    return (
      <Notice kind={kind} tone="bad">
        <p>
          {cause} {person}
        </p>
        {state.error?.detail && (
          <details className="mt-1 text-muted">
            <summary className="cursor-pointer">What the engine said</summary>
            <code className="break-all text-xs">{state.error.detail}</code>
          </details>
        )}
        <button
          type="button"
          data-testid="reset-gpu"
          onClick={() => engine.reset()}
          className="button mt-2"
        >
          Reset GPU and try again
        </button>
      </Notice>
    );
  }
  const failure = state.failures.findLast(({ modelId }) => modelId !== rung?.modelId);
  if (failure && rung) {
    const { kind, cause, person } = errorKind(failure.kind);
    return (
      <Notice kind={kind}>
        {modelName(failure.modelId, catalog)} could not be used, so{' '}
        {modelName(rung.modelId, catalog)} answers. {cause} {person}
      </Notice>
    );
  }
  if (state.choice && state.choice !== 'default' && state.choice !== 'visitor') {
    return <Notice kind={state.choice}>{choiceText(state.choice, state.device)}</Notice>;
  }
  return null;
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
