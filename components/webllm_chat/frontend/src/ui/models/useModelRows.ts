import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../services';
import { useCatalog } from '../useCatalog';
import { type ModelRow, modelRow } from './row';

/** Every model on offer, as it is on this device now. */
export function useModelRows(): ModelRow[] {
  const { engine } = useServices();
  const catalog = useCatalog();
  const state = useStore(engine.state);
  const files = useStore(engine.library.state, (library) => library.files);
  const history = useStore(engine.visits.history);
  const preferences = useStore(engine.preferences.state);
  const { device } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: fit() reads all of them itself.
  const fits = useMemo(
    () => new Map(catalog.map(({ model_id }) => [model_id, engine.fit(model_id)])),
    [engine, catalog, device, history, preferences],
  );
  return useMemo(
    () =>
      catalog.map((entry) =>
        modelRow({
          entry,
          engine: state,
          files: files[entry.model_id],
          fit: fits.get(entry.model_id) ?? null,
          history: history[entry.model_id],
        }),
      ),
    [catalog, state, files, history, fits],
  );
}
