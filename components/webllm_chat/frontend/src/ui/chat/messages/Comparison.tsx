import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { AnswerBody } from './AnswerBody';
import { MessageFooter } from './MessageFooter';

/** Two answers to the same question, side by side, until the visitor goes on with one. */
export function Comparison({ ids }: { ids: readonly [string, string] }) {
  const { compare } = useTexts().actions;
  return (
    <section aria-label={compare} data-testid="comparison" className="comparison">
      {ids.map((id) => (
        <ComparedAnswer key={id} id={id} />
      ))}
    </section>
  );
}

function ComparedAnswer({ id }: { id: string }) {
  const words = useTexts();
  const { conversation } = useServices();
  const message = useStore(conversation.state, ({ tree }) => tree.messages.get(id));
  if (!message) return null;
  return (
    <article
      data-testid="message"
      data-role="assistant"
      data-status={message.status}
      aria-label={words.message.answer}
      className="flex min-w-0 flex-col gap-2 rounded-ui border border-line p-3"
    >
      <div className="min-w-0 flex-1">
        <AnswerBody message={message} />
      </div>
      <MessageFooter message={message} />
      <button type="button" className="button" onClick={() => conversation.choose(id)}>
        {words.actions.keep}
      </button>
    </article>
  );
}
