import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Message } from '../../../conversation/store';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { isComposing, isSend } from '../controls/keys';

/** Another wording of a question; the first one and its answers stay beside it. */
export function EditQuestion({ message }: { message: Message }) {
  const words = useTexts().actions;
  const { chat, surface } = useServices();
  const [text, setText] = useState(message.content);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const textarea = field.current;
    textarea?.focus();
    textarea?.setSelectionRange(textarea.value.length, textarea.value.length);
  }, []);
  const leave = () => {
    surface.edit(null);
    surface.focusComposer();
  };
  const send = () => {
    if (text.trim() === '') return;
    void chat.editAndResend(message.id, text);
    leave();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !isComposing(event)) {
      event.stopPropagation();
      leave();
    }
    if (isSend(event)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className="flex w-full flex-col gap-2 rounded-ui bg-surface p-3">
      <textarea
        ref={field}
        data-testid="edit-field"
        aria-label={words.editLabel}
        className="field min-h-20 w-full resize-y"
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="flex justify-end gap-2">
        <button type="button" className="button" onClick={leave}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="button-accent"
          disabled={text.trim() === ''}
          onClick={send}
        >
          {words.saveAndSend}
        </button>
      </div>
    </div>
  );
}
