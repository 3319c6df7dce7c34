import { useStore } from 'zustand';
import { Notices } from '../Notices';
import { useServices } from '../services';
import { megabytes, modelName, useTexts } from '../texts';
import { useCatalog } from '../useCatalog';

/** The first screen: what this is, what it fetches, and three ways to begin. */
export function Welcome({ locked }: { locked: boolean }) {
  const words = useTexts().welcome;
  const { args, engine, chat, surface } = useServices();
  const catalog = useCatalog();
  const own = useStore(args, ({ current }) => current?.starters ?? null);
  const failed = useStore(engine.state, ({ phase }) => phase === 'failed');
  const rung = useStore(engine.state, (state) => state.rungs[state.rung]);
  const entry = catalog.find(({ model_id }) => model_id === rung?.modelId);
  const starters = own ?? words.starters;
  return (
    <section className="flex min-h-0 flex-1 flex-col justify-center gap-5 overflow-y-auto py-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{words.title}</h1>
        <p className="mt-2 text-muted">{words.lead}</p>
      </div>
      {!locked && starters.length > 0 && (
        <ul aria-label={words.startersLabel} className="flex flex-wrap gap-2">
          {starters.map((starter) => (
            <li key={starter}>
              <button
                type="button"
                className="button text-start"
                onClick={() => {
                  void chat.send(starter);
                  surface.focusComposer();
                }}
              >
                {starter}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-col gap-1 text-sm text-muted">
        {entry && (
          <p>
            {entry.download_bytes
              ? words.download(
                  modelName(entry.model_id, catalog),
                  size(entry.download_bytes, words.about),
                )
              : modelName(entry.model_id, catalog)}
          </p>
        )}
        {!failed && <Notices />}
      </div>
    </section>
  );
}

function size(
  { value, estimate }: { value: number; estimate: boolean },
  about: (size: string) => string,
): string {
  return estimate ? about(megabytes(value)) : megabytes(value);
}
