import { ShieldCheck, ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import { Scrollable } from '../Scrollable';
import { useServices } from '../services';
import { formatBytes, formatNumber, useTexts } from '../texts';
import { Dialog } from './controls/Dialog';

/** How much of this visit's conversations was sent to the server, as counted on the way out. */
export function PrivacyMeter() {
  const words = useTexts().privacy;
  const { meter, surface } = useServices();
  const bytes = useStore(meter.state, (sent) => sent.conversationBytes);
  const Icon = bytes === 0 ? ShieldCheck : ShieldQuestionMark;
  return (
    <button
      type="button"
      data-testid="privacy-meter"
      data-bytes={bytes}
      className="quiet-button"
      onClick={() => surface.open('privacy')}
    >
      <Icon aria-hidden size={14} className="shrink-0" />
      <span className="truncate tabular-nums">{words.meter(formatBytes(bytes))}</span>
    </button>
  );
}

export function PrivacyDialog({ onClose }: { onClose: () => void }) {
  const words = useTexts().privacy;
  const { meter } = useServices();
  const sent = useStore(meter.state);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div className="flex flex-col gap-4 overflow-y-auto px-4 pb-4 text-sm">
        <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1 tabular-nums">
          <dt>{words.conversation}</dt>
          <dd className="text-end font-semibold">{formatBytes(sent.conversationBytes)}</dd>
          <dt className="text-muted">{words.reports(formatNumber(sent.values))}</dt>
          <dd className="text-end text-muted">
            {formatBytes(sent.bytes - sent.conversationBytes)}
          </dd>
        </dl>
        <p className="text-muted">{words.explain}</p>
        {sent.last === null ? (
          <p>{words.nothing}</p>
        ) : (
          <details>
            <summary className="cursor-pointer">{words.last}</summary>
            <Scrollable
              label={words.last}
              className="mt-2 max-h-60 overflow-auto rounded-ui bg-surface p-3 text-xs"
            >
              <pre>{sent.last}</pre>
            </Scrollable>
          </details>
        )}
      </div>
    </Dialog>
  );
}
