import { useStore } from 'zustand';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { useServices } from '../../services';
import { errorText, formatNumber, modelName, noteText, useTexts } from '../../texts';
import { useCatalog } from '../../useCatalog';
import { isAnswering } from '../session/turns';

/** Notes, the model, and how fast it was, under the answer they concern. */
export function MessageFooter({ message }: { message: Message<Note> }) {
  const words = useTexts().message;
  const { chat, engine } = useServices();
  const catalog = useCatalog();
  const busy = useStore(engine.state, isAnswering);
  const { stats, status, modelId, notes } = message;
  const ended = status === 'done' || status === 'stopped' || status === 'interrupted';
  const unfinished = status === 'stopped' || status === 'interrupted';
  return (
    <footer className="flex flex-col gap-1 text-xs text-muted">
      {notes.map((note) => (
        <p key={JSON.stringify(note)} data-testid="notice" data-kind={note.kind}>
          {noteText(note, catalog)}
        </p>
      ))}
      {status === 'failed' && (
        <p className="text-bad">
          {words.noAnswer} {errorText(message.errorKind ?? 'unknown').cause}
        </p>
      )}
      {status === 'interrupted' && <p>{words.wasInterrupted}</p>}
      {ended && modelId && (
        <p className="tabular-nums">
          {modelName(modelId, catalog)}
          {status === 'stopped' && ` · ${words.stopped}`}
          {stats && stats.tokens > 0 && (
            <>
              {' · '}
              <span data-testid="first-token">
                {words.firstToken(formatNumber(stats.timeToFirstTokenS, 1))}
              </span>
              {stats.decodeTokensPerS > 0 && (
                <>
                  {' · '}
                  <span data-testid="speed">
                    {words.speed(formatNumber(stats.decodeTokensPerS, 1))}
                  </span>
                </>
              )}
            </>
          )}
        </p>
      )}
      {unfinished && message.content !== '' && (
        <p>
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => void chat.continue(message.id)}
          >
            {words.goOn}
          </button>
        </p>
      )}
    </footer>
  );
}
