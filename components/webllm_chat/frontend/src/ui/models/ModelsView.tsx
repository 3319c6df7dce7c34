import { useStore } from 'zustand';
import { EngineStatus } from '../EngineStatus';
import { Notices } from '../Notices';
import { ladderStates } from '../report';
import { useServices } from '../services';
import { modelName } from '../texts';

const STAGE_TEXT: Record<string, string> = {
  waiting: 'in reserve',
  asking: 'waits for your consent',
  downloaded: 'in this browser',
  ready: 'ready to take over',
  downloading: 'downloading',
  loading: 'loading',
  active: 'answers now',
  failed: 'failed',
};

/** The models this visit stands on, and how far each is. */
export function ModelsView() {
  const { args, engine } = useServices();
  const state = useStore(engine.state);
  const catalog = useStore(args, ({ current }) => current?.catalog ?? []);
  const ladder = ladderStates(state);
  return (
    <main className="flex flex-col gap-3 p-1">
      <EngineStatus />
      {ladder.length === 0 && (
        <p className="text-sm text-muted">No model is loaded: open the chat to load one.</p>
      )}
      <ul className="flex flex-col gap-2">
        {ladder.map((rung) => (
          <li
            key={rung.model_id}
            data-testid="model"
            data-model-id={rung.model_id}
            data-state={rung.state}
            className="flex justify-between rounded-ui border border-line px-3 py-2 text-sm"
          >
            <span>
              {modelName(rung.model_id, catalog)}
              <span className="text-muted"> · {rung.backend === 'webllm' ? 'GPU' : 'CPU'}</span>
            </span>
            <span className="tabular-nums text-muted">
              {STAGE_TEXT[rung.state]}
              {(rung.state === 'downloading' || rung.state === 'loading') && ` ${rung.progress} %`}
            </span>
          </li>
        ))}
      </ul>
      <Notices />
    </main>
  );
}
