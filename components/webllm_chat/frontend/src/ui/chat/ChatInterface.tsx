import { useEffect } from 'react';
import { useStore } from 'zustand';
import { ModelLoader } from '../ModelLoader';
import { Notices } from '../Notices';
import { Part } from '../Part';
import { useServices } from '../services';
import { useTexts } from '../texts';
import { Upgrade } from '../Upgrade';
import { ChatHeader } from './ChatHeader';
import { ChatInput } from './composer/ChatInput';
import { ContextMeter } from './composer/ContextMeter';
import { Dialog } from './controls/Dialog';
import { useWideScreen } from './conversations/useWideScreen';
import { ShortcutsButton, ShortcutsDialog } from './keyboard/Shortcuts';
import { useShortcuts } from './keyboard/useShortcuts';
import { ChatMessages } from './messages/ChatMessages';
import { BringGuestChats } from './notices/BringGuestChats';
import { ContextNotice } from './notices/ContextNotice';
import { LiveRegion } from './notices/LiveRegion';
import { ServerNotices } from './notices/ServerNotices';
import { StorageNotice } from './notices/StorageNotice';
import { UndoBar } from './notices/UndoBar';
import { PrivacyDialog, PrivacyMeter } from './PrivacyMeter';
import { ConversationList, fetchParts, SettingsDialog } from './parts';
import { interfacePreferences } from './settings/interface-preferences';
import { Welcome } from './Welcome';

/** The chat: conversations at its side, the open one, and what is needed to go on with it. */
export function ChatInterface({ locked }: { locked: boolean }) {
  const words = useTexts();
  const { engine, conversation } = useServices();
  const failed = useStore(engine.state, ({ phase }) => phase === 'failed');
  const begun = useStore(conversation.state, ({ messageIds }) => messageIds.length > 0);
  const openId = useStore(conversation.state, (state) => state.openId);
  const loading = useStore(conversation.state, (state) => state.loading);
  const sidebar = useStore(interfacePreferences, (state) => state.sidebar);
  const wide = useWideScreen();
  useShortcuts(locked);
  useEffect(fetchParts, []);
  return (
    <div className="flex h-full gap-4">
      {wide && sidebar && !locked && (
        <nav aria-label={words.conversations.title} className="w-64 shrink-0 overflow-hidden">
          <Part>
            <ConversationList />
          </Part>
        </nav>
      )}
      <main className="mx-auto flex h-full min-w-0 max-w-3xl flex-1 flex-col gap-2 px-1">
        <ChatHeader locked={locked} />
        {(begun || loading) && !locked ? (
          <>
            <h1 className="sr-only">{words.message.conversation}</h1>
            <ChatMessages key={openId ?? 'new'} />
          </>
        ) : (
          <Welcome locked={locked} />
        )}
        <div className="flex flex-col gap-2">
          {(begun || failed) && <Notices />}
          <ModelLoader />
          <ServerNotices />
          <BringGuestChats />
          {!locked && <Upgrade />}
          <StorageNotice />
          <ContextNotice />
          {!locked && <UndoBar />}
          {locked ? (
            <p
              className="rounded-ui border border-line p-3 text-sm"
              data-testid="notice"
              data-kind="locked"
            >
              {words.composer.locked}
            </p>
          ) : (
            <ChatInput />
          )}
          <div className="flex min-h-6 items-center justify-between gap-3 text-xs text-muted">
            <PrivacyMeter />
            <span className="flex shrink-0 items-center gap-2">
              <ContextMeter />
              <ShortcutsButton />
            </span>
          </div>
        </div>
        <LiveRegion />
      </main>
      <OpenDialog />
    </div>
  );
}

function OpenDialog() {
  const words = useTexts();
  const { surface } = useServices();
  const dialog = useStore(surface.state, (state) => state.dialog);
  const close = () => surface.close();
  switch (dialog) {
    case 'settings':
      return (
        <Part>
          <SettingsDialog onClose={close} />
        </Part>
      );
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
    case 'privacy':
      return <PrivacyDialog onClose={close} />;
    case 'conversations':
      return (
        <Dialog title={words.conversations.title} onClose={close} side>
          <Part>
            <ConversationList />
          </Part>
        </Dialog>
      );
    case null:
      return null;
  }
}
