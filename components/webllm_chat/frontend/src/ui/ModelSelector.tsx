import { useStore } from 'zustand';
import { isAnswering } from './chat/titles';
import { useServices } from './services';
import { useModelManager } from './useModelManager';

/** Lets the visitor choose by hand; with nothing to choose between it stays away. */
export function ModelSelector() {
  const { engine } = useServices();
  const { availableModels, activeModel, switchModel } = useModelManager();
  const busy = useStore(engine.state, isAnswering);
  if (availableModels.length < 2) return null;
  return (
    <select
      aria-label="Model"
      value={activeModel ?? ''}
      disabled={busy}
      onChange={(event) => switchModel(event.target.value)}
      className="button max-w-40"
    >
      {activeModel === null && <option value="">Model…</option>}
      {availableModels.map(({ model_id, name, quantization }) => (
        <option key={model_id} value={model_id}>
          {name} · {quantization}
        </option>
      ))}
    </select>
  );
}
