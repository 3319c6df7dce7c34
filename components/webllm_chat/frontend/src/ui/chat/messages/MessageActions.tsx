import { Ellipsis, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { Part } from '../../Part';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { CopyButton } from '../controls/CopyButton';
import { IconButton } from '../controls/IconButton';
import { AnswerMenu } from '../parts';
import { isAnswering } from '../session/turns';
import { useMessageCommands } from './message-commands';
import { VariantSwitcher } from './VariantSwitcher';

/** What can be done with a message, under it. */
export function MessageActions({ message }: { message: Message<Note> }) {
  const words = useTexts().actions;
  const { engine } = useServices();
  const busy = useStore(engine.state, isAnswering);
  const { copyText, edit, answerAgain, remove } = useMessageCommands(message);
  const mine = message.role === 'user';
  return (
    <div role="toolbar" aria-label={words.label} className="message-actions">
      <VariantSwitcher message={message} disabled={busy} />
      {copyText !== '' && <CopyButton text={copyText} label={words.copy} />}
      {mine ? (
        <IconButton label={words.edit} disabled={busy} onClick={edit}>
          <Pencil aria-hidden size={16} />
        </IconButton>
      ) : (
        <>
          <IconButton label={words.regenerate} disabled={busy} onClick={answerAgain}>
            <RefreshCw aria-hidden size={16} />
          </IconButton>
          <MoreButton message={message} disabled={busy} />
        </>
      )}
      <IconButton label={words.delete} disabled={busy} onClick={remove}>
        <Trash2 aria-hidden size={16} />
      </IconButton>
    </div>
  );
}

/** The menu's code comes with the first use of it. */
function MoreButton({ message, disabled }: { message: Message<Note>; disabled: boolean }) {
  const words = useTexts().actions;
  const [wanted, setWanted] = useState(false);
  const button = (
    <IconButton
      label={words.more}
      aria-haspopup="menu"
      disabled={disabled}
      onClick={() => setWanted(true)}
    >
      <Ellipsis aria-hidden size={16} />
    </IconButton>
  );
  if (!wanted) return button;
  return (
    <Part fallback={button} missing={button}>
      <AnswerMenu message={message} disabled={disabled} />
    </Part>
  );
}
