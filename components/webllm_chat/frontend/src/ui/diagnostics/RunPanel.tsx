import { useStore } from 'zustand';
import { CHECKS } from '../../device/checks';
import { type Tone, verdict } from '../../device/findings';
import { duration } from '../../device/units';
import { useServices } from '../services';

const BORDERS: Record<Tone, string> = {
  good: 'border-good',
  fair: 'border-fair',
  bad: 'border-bad',
};

/** The answer to "does it work here?", how far the checks are, and the buttons that run them. */
export function RunPanel() {
  const { diagnostics } = useServices();
  const run = useStore(diagnostics.checks.state);
  const said = run.phase === 'running' ? null : verdict(run.findings);
  return (
    <section
      aria-label="Result"
      data-testid="checks"
      data-phase={run.phase}
      className={`rounded-ui border p-4 ${said ? BORDERS[said.tone] : 'border-line'}`}
    >
      <p role="status" className="font-medium">
        {said?.text ?? runningText(run.phase)}
      </p>
      {run.phase === 'running' ? <Progress /> : <Buttons />}
    </section>
  );
}

function runningText(phase: string): string {
  return phase === 'running'
    ? 'Looking at this browser and its GPU'
    : 'The checks were stopped before they could tell.';
}

function Progress() {
  const { diagnostics } = useServices();
  const { planned, findings, current } = useStore(diagnostics.checks.state);
  const done = planned.filter((id) => findings[id]).length;
  const title = CHECKS.find(({ id }) => id === current)?.title ?? '';
  return (
    <>
      <div className="mt-2 flex justify-between gap-4 text-sm text-muted">
        <span>{title}</span>
        <span className="tabular-nums">
          {done} of {planned.length}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label="Checks"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={planned.length}
        className="mt-2 h-1 overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-150 motion-reduce:transition-none"
          style={{ width: `${(100 * done) / Math.max(1, planned.length)}%` }}
        />
      </div>
      <button
        type="button"
        data-testid="stop-checks"
        className="button mt-3"
        onClick={() => diagnostics.stop()}
      >
        Stop
      </button>
    </>
  );
}

function Buttons() {
  const { diagnostics } = useServices();
  const { seconds } = useStore(diagnostics.checks.state);
  return (
    <>
      <div className="mt-3 flex flex-wrap gap-2">
        <button
          type="button"
          data-testid="run-checks"
          className="button"
          onClick={() => diagnostics.again()}
        >
          Run the checks again
        </button>
        <button
          type="button"
          data-testid="run-network"
          className="button"
          onClick={() => diagnostics.network()}
        >
          Check the network too
        </button>
      </div>
      <p className="mt-2 text-sm text-muted">
        {seconds !== null && `The last run took ${duration(seconds)}. `}
        The network check asks the hosts that models come from for a few kilobytes; the others ask
        nobody. No model is loaded or downloaded.
      </p>
    </>
  );
}
