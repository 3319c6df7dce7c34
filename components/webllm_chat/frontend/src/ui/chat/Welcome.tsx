import { useStore } from 'zustand';
import { Notices } from '../Notices';
import { useServices } from '../services';
import { megabytes, modelName } from '../texts';

const STARTERS = [
  'What is the capital of France?',
  'Explain photosynthesis to a ten-year-old.',
  'Write a short thank-you note to a colleague.',
];

/** The first screen: what this is, what it fetches, and three ways to begin. */
export function Welcome({ locked }: { locked: boolean }) {
  const { args, engine, chat } = useServices();
  const catalog = useStore(args, ({ current }) => current?.catalog ?? []);
  const failed = useStore(engine.state, ({ phase }) => phase === 'failed');
  const rung = useStore(engine.state, (state) => state.rungs[state.rung]);
  const entry = catalog.find(({ model_id }) => model_id === rung?.modelId);
  return (
    <section className="flex min-h-0 flex-1 flex-col justify-center gap-5 overflow-y-auto py-6">
      <div>
        <h2 className="text-2xl font-semibold tracking-tight">Chat that stays on this machine</h2>
        <p className="mt-2 text-muted">
          A language model runs inside your browser. What you write and what it answers never leave
          it.
        </p>
      </div>
      {!locked && (
        <div className="flex flex-wrap gap-2">
          {STARTERS.map((starter) => (
            <button
              key={starter}
              type="button"
              className="button text-left"
              onClick={() => void chat.send(starter)}
            >
              {starter}
            </button>
          ))}
        </div>
      )}
      <div className="flex flex-col gap-1 text-sm text-muted">
        {entry && (
          <p>
            {modelName(entry.model_id, catalog)}
            {entry.download_bytes &&
              ` is ${entry.download_bytes.estimate ? 'about ' : ''}${megabytes(entry.download_bytes.value)} to download, once.`}
          </p>
        )}
        {!failed && <Notices />}
      </div>
    </section>
  );
}
