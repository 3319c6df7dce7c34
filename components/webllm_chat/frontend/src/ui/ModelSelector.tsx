import { useStore } from 'zustand';
import { useServices } from './services';
import { useTexts } from './texts';
import { useModelManager } from './useModelManager';

/** Lets the visitor choose by hand; with nothing to choose between it stays away. */
export function ModelSelector() {
  const { engine } = useServices();
  const { availableModels, activeModel, switchModel } = useModelManager();
  const words = useTexts().engine;
  const chosen = useStore(engine.state, ({ background }) =>
    background?.accepted ? background.rung.modelId : null,
  );
  if (availableModels.length < 2) return null;
  return (
    <select
      aria-label={words.model}
      value={chosen ?? activeModel ?? ''}
      onChange={(event) => switchModel(event.target.value)}
      className="button max-w-40"
    >
      {activeModel === null && <option value="">{words.chooseModel}</option>}
      {availableModels.map(({ model_id, name, quantization }) => (
        <option key={model_id} value={model_id}>
          {name} · {quantization}
        </option>
      ))}
    </select>
  );
}
