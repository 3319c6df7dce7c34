import { useStore } from 'zustand';
import { activeRung } from '../engine/machine';
import { useServices } from './services';
import { choiceText, modelName, phaseText, useTexts } from './texts';
import { useCatalog } from './useCatalog';

const DOT: Record<string, string> = {
  ready: 'bg-good',
  generating: 'bg-accent',
  failed: 'bg-bad',
};

/**
 * One line: which model answers, where it runs, and what it is doing.
 * @param compact - on a phone only the dot, once the selector beside it names the model.
 */
export function EngineStatus({ compact = false }: { compact?: boolean }) {
  const { engine } = useServices();
  const state = useStore(engine.state);
  const catalog = useCatalog();
  const words = useTexts().engine;
  const rung = state.rungs[state.rung];
  const active = activeRung(state);
  return (
    <div
      data-testid="engine"
      data-phase={state.phase}
      data-model={active?.modelId ?? ''}
      data-backend={active?.backend ?? ''}
      role="status"
      className="flex min-w-0 items-center gap-2 text-sm"
      title={state.choice ? choiceText(state.choice, state.device) : undefined}
    >
      <span
        aria-hidden
        className={`size-2 shrink-0 rounded-full ${DOT[state.phase] ?? 'bg-faint'}`}
      />
      <span className={compact && active ? 'truncate max-sm:sr-only' : 'truncate'}>
        {rung && <span className="font-medium">{modelName(rung.modelId, catalog)}</span>}
        <span className="text-muted">
          {rung ? ' · ' : ''}
          {active ? (active.backend === 'webllm' ? words.onGpu : words.onCpu) : phaseText(state)}
        </span>
      </span>
    </div>
  );
}
