import { useEffect } from 'react';
import { useStore } from 'zustand';
import { splitReasoning } from '../../../conversation/reasoning';
import { useServices } from '../../services';
import { texts } from '../../texts';
import { announce, announcement } from './announcer';

/** Characters of an answer that are read out at once; the rest is read in the conversation. */
const LONGEST_READING = 600;

/** Tells screen readers when an answer has ended, with its words, and what came of an action. */
export function LiveRegion() {
  const { chat, conversation } = useServices();
  const { text, id } = useStore(announcement);
  useEffect(
    () =>
      chat.state.subscribe(({ turn }, before) => {
        if (turn !== null || before.turn === null) return;
        const { answerId } = before.turn;
        // How it ended is written down just after the turn is over.
        queueMicrotask(() => {
          const answer = conversation.message(answerId);
          if (answer) announce(endText(answer.status, answer.content));
        });
      }),
    [chat, conversation],
  );
  return (
    <div role="status" className="sr-only">
      <span key={id}>{text}</span>
    </div>
  );
}

function endText(status: string, content: string): string {
  const words = texts().message;
  if (status === 'failed') return words.failedAnswer;
  if (status === 'stopped') return words.stoppedAnswer;
  const { answer } = splitReasoning(content);
  return answer.length <= LONGEST_READING
    ? words.finished(answer)
    : words.finishedLong(answer.slice(0, LONGEST_READING));
}
