import { useStore } from 'zustand';
import type { ModelEntry } from '../bridge/protocol';
import { activeRung, percentOf } from '../engine/machine';
import { useServices } from './services';
import { phaseText } from './texts';
import { useCatalog } from './useCatalog';

export interface ModelManager {
  availableModels: ModelEntry[];
  activeModel: string | null;
  isLoading: boolean;
  /** 0 to 100. */
  loadingProgress: number;
  loadingStatus: string;
  switchModel: (modelId: string) => void;
  isModelLoaded: boolean;
  /** The whole answer, once it is complete. */
  chat: (text: string) => Promise<string>;
  streamChat: (text: string, onToken: (token: string) => void) => Promise<void>;
}

/** The models of this page, and the one that answers. */
export function useModelManager(): ModelManager {
  const { engine, chat } = useServices();
  const state = useStore(engine.state);
  const catalog = useCatalog();
  const active = activeRung(state);
  const onLadder = new Set(state.rungs.map(({ modelId }) => modelId));
  return {
    availableModels: catalog.filter(
      ({ model_id, backend }) =>
        onLadder.has(model_id) ||
        (backend === 'webllm' && (engine.fit(model_id)?.verdict ?? 'no') !== 'no'),
    ),
    activeModel: active?.modelId ?? null,
    isLoading: ['probing', 'downloading', 'loading', 'recovering'].includes(state.phase),
    loadingProgress: active ? 100 : percentOf(state.progress),
    loadingStatus: phaseText(state),
    switchModel: (modelId) => engine.switchModel(modelId),
    isModelLoaded: active !== null,
    chat: (text) => chat.send(text),
    streamChat: async (text, onToken) => {
      await chat.send(text, onToken);
    },
  };
}
