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
  const take = async (file: File | undefined) => {
    if (file) setOutcome(await importConversations(services, file));
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
      <div className="flex gap-1">
        <button type="button" className="side-button" onClick={() => field.current?.click()}>
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
