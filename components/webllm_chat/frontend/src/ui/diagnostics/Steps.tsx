import type { Advice, AdviceStep } from '../../device/advice';

/** What to do, in the order to try it. */
export function Steps({ advice }: { advice: Advice }) {
  return (
    <div data-testid="advice" data-rule={advice.rule}>
      <p className="font-medium">What to do</p>
      {advice.general && (
        <p className="text-muted">
          There is no advice for exactly this machine; this helps most often.
        </p>
      )}
      <ol className="mt-1 list-decimal space-y-1 pl-5">
        {advice.steps.map((step) => (
          <li key={step.text}>
            <WithCode text={step.text} /> <Source {...step.source} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Source({ title, url }: AdviceStep['source']) {
  if (!url?.startsWith('https:')) return null;
  return (
    <a href={url} target="_blank" rel="noreferrer" title={title} className="text-muted underline">
      source<span className="sr-only">: {title}</span>
    </a>
  );
}

/** Backticks mark what is to be typed or looked for as it stands. */
export function WithCode({ text }: { text: string }) {
  return text.split('`').map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a fixed text never move.
      <code key={at} className="rounded bg-surface px-1 break-all">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
