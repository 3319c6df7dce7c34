import { formatNumber, useTexts } from '../../texts';
import { useContextUse } from './useContextUse';

/** How much of the model's context window the conversation and the text being written take. */
export function ContextMeter() {
  const words = useTexts().composer;
  const use = useContextUse();
  if (!use) return null;
  const full = use.used > use.window;
  return (
    <span
      data-testid="context-meter"
      data-full={full}
      title={words.contextHelp}
      className={`tabular-nums ${full ? 'font-medium text-text' : ''}`}
    >
      {words.context(formatNumber(use.used), formatNumber(use.window))}
    </span>
  );
}
