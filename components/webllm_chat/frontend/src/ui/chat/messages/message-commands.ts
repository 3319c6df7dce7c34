/** What can be done with a message, by its buttons and by the keyboard alike. */
import { readText } from '../../../conversation/history';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { type Services, useServices } from '../../services';
import { texts } from '../../texts';
import { offerUndo } from '../notices/undo';

export interface MessageCommands {
  /** Without a model's thoughts. */
  copyText: string;
  edit: () => void;
  answerAgain: () => void;
  remove: () => void;
}

export function useMessageCommands(message: Message<Note>): MessageCommands {
  return messageCommands(useServices(), message);
}

export function messageCommands(
  { conversation, chat, surface }: Services,
  message: Message<Note>,
): MessageCommands {
  const { id, role } = message;
  return {
    copyText: readText(message),
    edit: () => {
      if (role === 'user') surface.edit(id);
    },
    answerAgain: () => {
      if (role === 'assistant') void chat.regenerate(id);
    },
    remove: () => {
      conversation.deleteMessage(id);
      offerUndo({
        text: texts().undo.messageDeleted,
        restore: () => conversation.restoreMessage(id),
      });
    },
  };
}
