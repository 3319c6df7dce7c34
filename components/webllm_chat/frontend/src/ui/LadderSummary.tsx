import { useStore } from 'zustand';
import type { FitReason } from '../engine/fit';
import { ClimbSettings } from './ClimbSettings';
import { useServices } from './services';
import { formatNumber, useTexts } from './texts';

/** Which of the named models fit this device, and why the others do not. */
export function LadderSummary() {
  const { engine } = useServices();
  const words = useTexts().ladder;
  const considered = useStore(engine.state, (state) => state.considered);
  const budgetMb = useStore(engine.state, (state) => state.budgetMb);
  if (considered.length === 0) return null;
  const fitting = considered.filter(({ fit }) => fit.verdict === 'comfortable');
  const named = (...reasons: FitReason[]) =>
    considered
      .filter(({ fit }) => reasons.includes(fit.reason))
      .map(({ name }) => name)
      .reverse()
      .join(', ');
  const parts: [string, (models: string) => string][] = [
    [named('within-budget', 'loaded-here'), words.comfortable],
    [named('above-budget'), (models) => words.aboveBudget(models, `${formatNumber(budgetMb)} MB`)],
    [named('failed-here'), words.failedHere],
    [named('above-ceiling'), words.aboveCeiling],
    [named('needs-f16'), words.needsF16],
    [named('buffer-too-large'), words.bufferTooLarge],
    [named('no-gpu'), words.noGpu],
  ];
  const why = parts.filter(([models]) => models !== '').map(([models, text]) => text(models));
  return (
    <section data-testid="ladder" className="flex flex-col gap-1 text-sm text-muted">
      <p>
        {words.summary(formatNumber(fitting.length), formatNumber(considered.length))}:{' '}
        {why.join('; ')}.
      </p>
      <ClimbSettings />
    </section>
  );
}
