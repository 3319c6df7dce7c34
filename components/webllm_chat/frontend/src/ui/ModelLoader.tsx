import { useStore } from 'zustand';
import { useServices } from './services';
import { megabytes, modelName, nextText, useTexts } from './texts';
import { timeLeft } from './Upgrade';
import { useCatalog } from './useCatalog';
import { useModelManager } from './useModelManager';

/** A calm bar with facts, from the first second until the model answers. */
export function ModelLoader() {
  const { engine } = useServices();
  const { isLoading, loadingProgress, loadingStatus } = useModelManager();
  const state = useStore(engine.state);
  const catalog = useCatalog();
  const words = useTexts();
  if (!isLoading) return null;
  const rung = state.rungs[state.rung];
  const { received, total } = state.progress ?? {};
  const left = timeLeft(state.progress ?? {}, words);
  return (
    <div className="text-sm">
      <div className="flex flex-wrap justify-between gap-x-4">
        <span>
          {loadingStatus}
          {rung && <span className="text-muted"> · {modelName(rung.modelId, catalog)}</span>}
        </span>
        <span className="tabular-nums text-muted">
          {received !== undefined && total
            ? `${words.engine.received(megabytes(received), megabytes(total))}${left}`
            : `${loadingProgress} %`}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={loadingStatus}
        aria-valuenow={loadingProgress}
        aria-valuemin={0}
        aria-valuemax={100}
        className="mt-2 h-1 overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-150 motion-reduce:transition-none"
          style={{ width: `${Math.max(2, loadingProgress)}%` }}
        />
      </div>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">{nextText(state)}</p>
        {state.phase !== 'probing' && (
          <button type="button" onClick={() => engine.suspend()} className="button">
            {words.upgrade.cancel}
          </button>
        )}
      </div>
    </div>
  );
}
