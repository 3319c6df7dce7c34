import { useStore } from 'zustand';
import { EngineStatus } from '../EngineStatus';
import { ModelLoader } from '../ModelLoader';
import { ModelSelector } from '../ModelSelector';
import { Notices } from '../Notices';
import { useServices } from '../services';
import { texts } from '../texts';
import { Upgrade } from '../Upgrade';
import { useChat } from '../useChat';
import { BringGuestChats } from './BringGuestChats';
import { ChatInput } from './ChatInput';
import { ChatMessages } from './ChatMessages';
import { Welcome } from './Welcome';

export function ChatInterface({ locked }: { locked: boolean }) {
  const { messages, clearChat, isLoading } = useChat();
  const { engine } = useServices();
  const failed = useStore(engine.state, ({ phase }) => phase === 'failed');
  return (
    <main className="mx-auto flex h-full max-w-3xl flex-col gap-3 px-1">
      <header className="flex min-h-9 items-center justify-between gap-3">
        <EngineStatus />
        <div className="flex items-center gap-2">
          <ModelSelector />
          {messages.length > 0 && (
            <button type="button" onClick={clearChat} className="button" disabled={isLoading}>
              Clear
            </button>
          )}
        </div>
      </header>
      {messages.length > 0 && !locked ? (
        <ChatMessages messages={messages} />
      ) : (
        <Welcome locked={locked} />
      )}
      <div className="flex flex-col gap-3">
        {(messages.length > 0 || failed) && <Notices />}
        <ModelLoader />
        <BringGuestChats />
        {!locked && <Upgrade />}
        {locked ? (
          <p
            className="rounded-ui border border-line p-3 text-sm"
            data-testid="notice"
            data-kind="locked"
          >
            {texts().composer.locked}
          </p>
        ) : (
          <ChatInput />
        )}
      </div>
    </main>
  );
}
