import { PanelLeft, Settings2, SquarePen } from 'lucide-react';
import { useStore } from 'zustand';
import { EngineStatus } from '../EngineStatus';
import { ModelSelector } from '../ModelSelector';
import { useServices } from '../services';
import { useTexts } from '../texts';
import { IconButton } from './controls/IconButton';
import { toggleConversations } from './conversations/panel';
import { useWideScreen } from './conversations/useWideScreen';
import { interfacePreferences } from './settings/interface-preferences';

/** Which model answers, and the ways to other conversations and to the settings. */
export function ChatHeader({ locked }: { locked: boolean }) {
  const words = useTexts();
  const { conversation, surface } = useServices();
  const sidebar = useStore(interfacePreferences, (state) => state.sidebar);
  const wide = useWideScreen();
  return (
    <header className="flex min-h-9 items-center gap-1">
      {!locked && (
        <IconButton
          className="size-9"
          label={words.conversations.open}
          aria-expanded={wide ? sidebar : undefined}
          aria-haspopup={wide ? undefined : 'dialog'}
          onClick={() => toggleConversations(surface)}
        >
          <PanelLeft aria-hidden size={18} className="rtl:-scale-x-100" />
        </IconButton>
      )}
      <div className="min-w-0 flex-1 px-1">
        <EngineStatus compact />
      </div>
      <ModelSelector />
      {!locked && (
        <>
          <IconButton
            className="size-9"
            label={words.conversations.new}
            onClick={() => {
              conversation.openNew();
              surface.focusComposer();
            }}
          >
            <SquarePen aria-hidden size={18} />
          </IconButton>
          <IconButton
            className="size-9"
            label={words.settings.open}
            aria-haspopup="dialog"
            onClick={() => surface.open('settings')}
          >
            <Settings2 aria-hidden size={18} />
          </IconButton>
        </>
      )}
    </header>
  );
}
