import { ArrowUp, Square } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { isComposing, isSend } from '../controls/keys';
import { forgetDeletion } from '../notices/undo';
import { isAnswering } from '../session/turns';

/** Always open for typing, whatever the engine is doing. */
export function ChatInput() {
  const words = useTexts().composer;
  const { engine, conversation, chat, surface } = useServices();
  const draft = useStore(conversation.state, (state) => state.draft);
  const answering = useStore(engine.state, isAnswering);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    surface.setComposer(field.current);
    return () => surface.setComposer(null);
  }, [surface]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const textarea = field.current;
    if (!textarea) return;
    textarea.style.height = 'auto';
    textarea.style.height = `${textarea.scrollHeight}px`;
  }, [draft]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (draft.trim() === '') return;
    forgetDeletion();
    void chat.send(draft);
    // The button that was pressed may now be another one.
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const up = event.key === 'ArrowUp' && !event.altKey && !isComposing(event);
    if (up && draft === '') editLast(event);
    if (!isSend(event)) return;
    event.preventDefault();
    submit();
  };
  const editLast = (event: KeyboardEvent) => {
    const { messages } = conversation.state.getState();
    const last = messages.findLast(({ role }) => role === 'user');
    if (!last || answering) return;
    event.preventDefault();
    surface.edit(last.id);
  };

  return (
    <form onSubmit={submit} className="composer">
      <textarea
        ref={field}
        data-testid="composer"
        aria-label={words.label}
        placeholder={words.placeholder}
        rows={1}
        className="composer-field"
        dir="auto"
        value={draft}
        onChange={(event) => conversation.setDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {answering ? (
        <button
          type="button"
          data-testid="stop"
          className="round-button"
          aria-label={words.stop}
          title={words.stop}
          onClick={() => {
            chat.stop();
            field.current?.focus();
          }}
        >
          <Square aria-hidden size={16} fill="currentColor" />
        </button>
      ) : (
        <button
          type="submit"
          data-testid="send"
          className="round-button"
          aria-label={words.send}
          title={words.send}
          disabled={draft.trim() === ''}
        >
          <ArrowUp aria-hidden size={18} />
        </button>
      )}
    </form>
  );
}
