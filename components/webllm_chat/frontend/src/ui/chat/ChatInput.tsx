import { type FormEvent, type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../services';
import { useChat } from '../useChat';

/** Always open for typing, whatever the engine is doing. */
export function ChatInput() {
  const { engine, conversation } = useServices();
  const { sendMessage, isLoading } = useChat();
  const draft = useStore(conversation.state, (state) => state.draft);
  const field = useRef<HTMLTextAreaElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const textarea = field.current;
    if (!textarea) return;
    textarea.style.height = 'auto';
    textarea.style.height = `${textarea.scrollHeight}px`;
  }, [draft]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    void sendMessage(draft);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a character, Enter belongs to it.
    // (Safari ends the composition before it sends the key, and marks it with this code.)
    const composing = event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      onSubmit={submit}
      className="flex items-end gap-2 rounded-ui border border-line bg-page p-2 focus-within:border-accent"
    >
      <textarea
        ref={field}
        data-testid="composer"
        aria-label="Message"
        placeholder="Ask anything. It stays here."
        rows={1}
        value={draft}
        onChange={(event) => conversation.setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        className="max-h-48 min-h-9 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none placeholder:text-muted"
      />
      {isLoading ? (
        <button type="button" data-testid="stop" className="button" onClick={() => engine.stop()}>
          Stop
        </button>
      ) : (
        <button
          type="submit"
          data-testid="send"
          className="button-accent"
          disabled={draft.trim() === ''}
        >
          Send
        </button>
      )}
    </form>
  );
}
