import { Download, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Menu, MenuItem } from '../../Menu';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { exportConversations, importConversations } from './transfer-files';

/** All conversations to a file, and from a file. */
export function TransferButtons() {
  const words = useTexts().conversations;
  const services = useServices();
  const none = useStore(services.conversation.state, (state) => state.conversations.length === 0);
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState('');
  const [running, setRunning] = useState<{ percent: number; cancel: () => void } | null>(null);
  const take = async (file: File | undefined) => {
    if (file) {
      const controller = new AbortController();
      const cancel = () => controller.abort();
      let done = false;
      const onProgress = (fraction: number) => {
        // The last word of a worker can come after its result.
        if (!done) setRunning({ percent: Math.floor(fraction * 100), cancel });
      };
      setOutcome('');
      onProgress(0);
      const { signal } = controller;
      setOutcome(await importConversations(services, file, { onProgress, signal }));
      done = true;
      setRunning(null);
    }
    if (field.current) field.current.value = ''; // The same file can be chosen again.
  };
  return (
    <div className="flex flex-col gap-1 border-t border-line pt-2 text-xs text-muted">
      <p
        role="status"
        data-testid="transfer-outcome"
        className="max-h-32 overflow-y-auto break-words px-2"
      >
        {outcome}
      </p>
      {running && (
        <p className="flex items-center justify-between gap-2 px-2" data-testid="importing">
          {words.importing(running.percent)}
          <button type="button" className="cursor-pointer underline" onClick={running.cancel}>
            {words.cancelImport}
          </button>
        </p>
      )}
      <div className="flex gap-1">
        <button
          type="button"
          className="side-button"
          disabled={running !== null}
          onClick={() => field.current?.click()}
        >
          <Upload aria-hidden size={14} />
          {words.import}
        </button>
        <input
          ref={field}
          type="file"
          accept=".json,application/json"
          className="hidden"
          data-testid="import-file"
          aria-label={words.import}
          onChange={(event) => void take(event.target.files?.[0])}
        />
        {!none && (
          <Menu
            trigger={
              <button type="button" className="side-button">
                <Download aria-hidden size={14} />
                {words.exportAll}
              </button>
            }
          >
            <MenuItem onSelect={() => void exportConversations(services, 'json', null)}>
              {words.exportJson}
            </MenuItem>
            <MenuItem onSelect={() => void exportConversations(services, 'markdown', null)}>
              {words.exportMarkdown}
            </MenuItem>
          </Menu>
        )}
      </div>
    </div>
  );
}
