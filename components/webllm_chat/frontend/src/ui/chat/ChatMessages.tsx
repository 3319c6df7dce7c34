import { useStickToBottom } from 'use-stick-to-bottom';
import type { Message } from '../../conversation/store';
import type { Note } from '../../engine/machine';
import { ChatMessage } from './ChatMessage';

/** The conversation; follows the answer while the reader is at its end, and only then. */
export function ChatMessages({ messages }: { messages: readonly Message<Note>[] }) {
  const { scrollRef, contentRef, isAtBottom, scrollToBottom } = useStickToBottom({
    initial: 'instant',
    resize: 'instant',
  });
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={scrollRef} className="h-full overflow-y-auto">
        <section
          ref={contentRef}
          aria-label="Conversation"
          className="flex flex-col gap-5 py-2 pr-2"
        >
          {messages.map((message) => (
            <ChatMessage key={message.id} message={message} />
          ))}
        </section>
      </div>
      {!isAtBottom && (
        <button
          type="button"
          className="button absolute bottom-2 left-1/2 -translate-x-1/2 shadow"
          onClick={() => void scrollToBottom()}
        >
          To the latest
        </button>
      )}
    </div>
  );
}
