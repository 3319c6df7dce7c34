import { useStore } from 'zustand';
import type { Estimate } from '../../device/estimate';
import { rounded } from '../../device/units';
import { useServices } from '../services';
import { useEstimates } from './useEstimates';

/** How fast the models that fit would answer here. */
export function Speeds() {
  const estimates = useEstimates();
  if (estimates.length === 0) return null;
  const named = estimates.filter((estimate) => estimate.named);
  const others = estimates.filter((estimate) => !estimate.named);
  return (
    <section aria-labelledby="speeds" className="text-sm">
      <h2 id="speeds" className="text-base font-semibold">
        How fast models would answer here
      </h2>
      <p className="mb-2 text-muted">
        An upper bound, estimated from the measured bandwidth, arithmetic and kernel starts: for
        every token a model is read once. People read about five tokens a second.
      </p>
      <div className="rounded-ui border border-line">
        <Table estimates={named} label="Models of this app" />
        {others.length > 0 && (
          <details className="border-line not-first:border-t">
            <summary className="min-h-9 cursor-pointer px-3 py-1.5">
              {others.length} more models
            </summary>
            <Table estimates={others} label="More models" />
          </details>
        )}
      </div>
    </section>
  );
}

function Table({ estimates, label }: { estimates: Estimate[]; label: string }) {
  const { engine } = useServices();
  const history = useStore(engine.visits.history);
  if (estimates.length === 0) return null;
  return (
    <table className="w-full" aria-label={label}>
      <thead className="sr-only">
        <tr>
          <th>Model</th>
          <th>Speed</th>
        </tr>
      </thead>
      <tbody>
        {estimates.map(({ modelId, name, tokensPerS }) => (
          <tr
            key={modelId}
            data-testid="estimate"
            data-model-id={modelId}
            className="border-line not-first:border-t"
          >
            <td className="px-3 py-1.5">{name}</td>
            <td className="px-3 py-1.5 text-right text-muted tabular-nums">
              up to {rounded(tokensPerS)} tokens/s
              <Measured tokensPerS={history[modelId]?.decodeTokensPerS} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the last answer really came at, where there was one. */
function Measured({ tokensPerS }: { tokensPerS: number | undefined }) {
  if (tokensPerS === undefined) return null;
  return <span className="block">measured: {rounded(tokensPerS)}</span>;
}
