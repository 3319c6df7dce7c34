/** A row's state in words, and what there is to say about it. */
import { useServices } from '../services';
import { errorText, formatNumber, megabytes, useTexts } from '../texts';
import { timeLeft } from '../Upgrade';
import type { ModelRow } from './row';

export interface StateText {
  state: string;
  detail: string;
}

export function useStateText(row: ModelRow): StateText {
  const { engine } = useServices();
  const words = useTexts();
  const budgetMb = engine.memoryBudgetMb();
  const { state, percent, received, total } = row;
  const name = words.models.state[state];
  const isMoving = percent !== null && state !== 'queued' && state !== 'partial';
  return {
    state: isMoving ? `${name} · ${formatNumber(percent)} %` : name,
    detail: [progressText(), fitText(), errorLine()].filter(Boolean).join(' '),
  };

  function progressText(): string {
    if (row.onServer) return words.engine.serverFetching;
    const bytes = [megabytes(received), megabytes(total)] as const;
    if (state === 'partial' || state === 'paused') return words.models.kept(...bytes);
    if (state !== 'downloading') return '';
    const left = timeLeft({ received, total, bytesPerS: row.bytesPerS ?? 0 }, words);
    const place = row.elsewhere ? ` ${words.models.elsewhere}` : '';
    return `${words.engine.received(...bytes)}${left}${place}`;
  }

  function fitText(): string {
    const isResting = ['not-downloaded', 'does-not-fit', 'partial', 'cached'].includes(state);
    if (!isResting || row.reason === null) return '';
    const text = words.models.fit[row.reason];
    const needed = `${formatNumber(row.entry.vram_mb ?? 0)} MB`;
    return text(needed, budgetMb ? `${formatNumber(budgetMb)} MB` : '');
  }

  function errorLine(): string {
    if (row.error === null || state === 'active') return '';
    const { cause, person } = errorText(row.error);
    return `${cause} ${person}`;
  }
}
