import { splitReasoning } from '../../../conversation/reasoning';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { useTexts } from '../../texts';
import { FormattedText } from '../markdown/FormattedText';
import { LongText } from '../markdown/LongText';

/** What a model thought and said, and what an engine that failed had said before it. */
export function AnswerBody({ message }: { message: Message<Note> }) {
  const words = useTexts().message;
  const { status, content } = message;
  const growing = status === 'streaming' || status === 'waiting';
  const { reasoning, open, answer } = splitReasoning(content);
  return (
    <>
      {message.interrupted.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list only ever grows at its end
        <details key={index} className="mb-2 text-sm text-muted">
          <summary className="cursor-pointer">{words.interrupted}</summary>
          <LongText text={withoutTags(text)} />
        </details>
      ))}
      {reasoning !== null && (
        <details className="reasoning" data-testid="reasoning">
          <summary>{open && growing ? words.thinking : words.thought}</summary>
          <FormattedText text={reasoning} growing={open && growing} />
        </details>
      )}
      <div data-testid="answer">
        {answer !== '' && <FormattedText text={answer} growing={growing} />}
      </div>
      {growing && content === '' && (
        <p className="text-muted">{status === 'waiting' ? words.waiting : words.reading}</p>
      )}
    </>
  );
}

function withoutTags(text: string): string {
  const { reasoning, answer } = splitReasoning(text);
  return [reasoning, answer].filter(Boolean).join('\n\n');
}
