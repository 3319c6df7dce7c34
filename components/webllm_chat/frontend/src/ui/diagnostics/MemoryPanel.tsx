import { useState } from 'react';
import { useStore } from 'zustand';
import { size } from '../../device/units';
import { activeRung } from '../../engine/machine';
import { useServices } from '../services';

/** The one check that needs the GPU to itself; it says so, and asks. */
export function MemoryPanel() {
  const { diagnostics, engine } = useServices();
  const { progress } = useStore(diagnostics.memory);
  const { findings, phase } = useStore(diagnostics.checks.state);
  const loaded = useStore(engine.state, (state) => activeRung(state) !== null);
  const [asking, setAsking] = useState(false);
  if (findings.device?.result !== 'pass') return null;
  const begin = () => {
    setAsking(false);
    void diagnostics.fillMemory();
  };
  return (
    <section
      aria-labelledby="memory"
      data-testid="memory"
      className="rounded-ui border border-line p-4 text-sm"
    >
      <h2 id="memory" className="text-base font-semibold">
        How much memory does the GPU give?
      </h2>
      <p className="mt-1 text-muted">
        Browsers do not say. This check takes memory in growing steps until the GPU refuses or the
        largest model would fit, and gives it all back.{' '}
        {loaded && 'The loaded model is unloaded first and loaded again afterwards.'}
      </p>
      {progress ? (
        <div className="mt-3 flex items-center gap-3">
          <progress
            value={progress.bytes}
            max={progress.goal}
            aria-label="Memory taken"
            className="grow accent-accent"
          />
          <span className="tabular-nums">{size(progress.bytes, true)}</span>
          <button type="button" className="button" onClick={() => diagnostics.stop()}>
            Stop
          </button>
        </div>
      ) : asking ? (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <span>{loaded ? 'Unload the model and measure?' : 'Measure now?'}</span>
          <button
            type="button"
            data-testid="confirm-memory"
            className="button-accent"
            onClick={begin}
          >
            Measure
          </button>
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Not now
          </button>
        </div>
      ) : (
        <button
          type="button"
          data-testid="measure-memory"
          className="button mt-3"
          disabled={phase === 'running'}
          onClick={() => setAsking(true)}
        >
          Measure the memory
        </button>
      )}
    </section>
  );
}
