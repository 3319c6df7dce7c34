import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';

/** Asks whether this app may receive messages, and says so for as long as it does. */
export function SharingNotice() {
  const words = useTexts().sharing;
  const { args, consent, conversation } = useServices();
  const wanted = useStore(args, ({ current }) => current?.share_messages ?? false);
  const user = useStore(conversation.state, (state) => state.user);
  const answer = useStore(consent.state, (answers) => answers[user ?? '']);
  if (!wanted || user === undefined) return null;
  const shares = answer === 'yes';
  const text = { yes: words.on, no: words.off, unasked: words.question }[answer ?? 'unasked'];
  return (
    <section
      data-testid="notice"
      data-kind="sharing"
      data-answer={answer ?? 'unasked'}
      className={`flex flex-wrap items-center gap-2 rounded-ui border px-3 py-2 text-sm ${
        answer === 'no' ? 'border-line text-muted' : 'border-accent'
      }`}
    >
      <p role="status" className="min-w-0 flex-1 basis-56">
        {text}
      </p>
      {!shares && (
        <button
          type="button"
          data-testid="share-allow"
          className="button"
          onClick={() => consent.answer(user, 'yes')}
        >
          {words.allow}
        </button>
      )}
      {answer !== 'no' && (
        <button
          type="button"
          data-testid="share-decline"
          className="button"
          onClick={() => consent.answer(user, 'no')}
        >
          {shares ? words.stop : words.decline}
        </button>
      )}
    </section>
  );
}
