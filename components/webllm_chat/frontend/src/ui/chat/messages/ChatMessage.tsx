import { type KeyboardEvent, memo } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { copyText } from '../controls/CopyButton';
import { LongText } from '../markdown/LongText';
import { isAnswering } from '../session/turns';
import { AnswerBody } from './AnswerBody';
import { EditQuestion } from './EditQuestion';
import { MessageActions } from './MessageActions';
import { MessageFooter } from './MessageFooter';
import { messageCommands } from './message-commands';

/**
 * @param place - counted from 1, among all messages of the branch.
 * @param count - of all of them.
 */
export const ChatMessage = memo(function ChatMessage(props: {
  message: Message<Note>;
  place?: number;
  count?: number;
}) {
  const words = useTexts().message;
  const services = useServices();
  const { message, place, count } = props;
  const { id, role, status, content } = message;
  const editing = useStore(services.surface.state, (state) => state.editing === id);
  const onItsWay = status === 'waiting' || status === 'streaming';

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || hasModifier(event)) return;
    const busy = isAnswering(services.engine.state.getState());
    const commands = messageCommands(services, message);
    if (event.key === 'c') void copyText(commands.copyText);
    if (busy) return;
    if (event.key === 'e') commands.edit();
    if (event.key === 'r') commands.answerAgain();
    if (event.key === 'Delete') commands.remove();
    if (event.key === 'e' || event.key === 'r') event.preventDefault();
  };

  return (
    <article
      data-testid="message"
      data-message-id={id}
      data-role={role}
      data-status={status}
      aria-label={role === 'user' ? words.you : words.answer}
      aria-posinset={place}
      aria-setsize={count}
      aria-busy={onItsWay}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className={`message ${role === 'user' ? 'items-end' : ''}`}
    >
      {editing ? (
        <EditQuestion message={message} />
      ) : (
        <>
          {role === 'user' ? (
            <div className="max-w-[85%] rounded-ui bg-surface px-4 py-2">
              <LongText text={content} />
            </div>
          ) : (
            <>
              <AnswerBody message={message} />
              <MessageFooter message={message} />
            </>
          )}
          {!onItsWay && <MessageActions message={message} />}
          {onItsWay && <div className="h-8" aria-hidden />}
        </>
      )}
    </article>
  );
});

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
}
