import { Keyboard } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { Dialog } from '../controls/Dialog';
import { IconButton } from '../controls/IconButton';
import { interfacePreferences, setInterfacePreference } from '../settings/interface-preferences';

export function ShortcutsButton() {
  const words = useTexts().shortcuts;
  const { surface } = useServices();
  return (
    <IconButton
      className="hidden size-6 sm:inline-flex"
      label={words.open}
      title={`${words.open} (?)`}
      aria-haspopup="dialog"
      onClick={() => surface.open('shortcuts')}
    >
      <Keyboard aria-hidden size={16} />
    </IconButton>
  );
}

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const words = useTexts().shortcuts;
  const on = useStore(interfacePreferences, (state) => state.keyShortcuts);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div className="flex flex-col gap-4 overflow-y-auto px-4 pb-4 text-sm">
        <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2">
          {shortcuts(words).map(([action, ...keys]) => (
            <div key={action} className="contents">
              <dt>{action}</dt>
              <dd className="flex justify-end gap-1">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={on}
            onChange={(event) => setInterfacePreference({ keyShortcuts: event.target.checked })}
          />
          {words.singleKeys}
        </label>
      </div>
    </Dialog>
  );
}

function shortcuts(words: ReturnType<typeof useTexts>['shortcuts']): string[][] {
  const control = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : words.control;
  return [
    [words.send, 'Enter'],
    [words.newLine, words.shift, 'Enter'],
    [words.stop, 'Esc'],
    [words.editLast, '↑'],
    [words.focusComposer, '/'],
    [words.newChat, control, words.shift, 'O'],
    [words.search, control, 'K'],
    [words.conversations, control, 'B'],
    [words.settings, control, ','],
    [words.messages, 'Alt', '↑ ↓'],
    [words.onMessage, 'C', 'E', 'R', words.deleteKey],
    [words.list, '?'],
  ];
}
