import { rounded } from '../../device/units';
import { useEstimates } from './useEstimates';

/** How fast the models that fit would answer here. */
export function Speeds() {
  const estimates = useEstimates();
  if (estimates.length === 0) return null;
  return (
    <section aria-labelledby="speeds">
      <h2 id="speeds" className="font-semibold">
        How fast models would answer here
      </h2>
      <p className="mb-2 text-sm text-muted">
        An estimate from the measured bandwidth, arithmetic and kernel starts, and an upper bound:
        for every token a model is read once. People read about 5 tokens a second.
      </p>
      <details className="rounded-ui border border-line text-sm" open={estimates.length <= 8}>
        <summary className="min-h-9 cursor-pointer px-3 py-1.5">{estimates.length} models</summary>
        <table className="w-full">
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
                className="border-t border-line"
              >
                <td className="px-3 py-1.5">{name}</td>
                <td className="px-3 py-1.5 text-right tabular-nums text-muted">
                  up to {rounded(tokensPerS)} tokens/s
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
