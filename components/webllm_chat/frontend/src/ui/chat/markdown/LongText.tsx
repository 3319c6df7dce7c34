import { type ReactNode, useState } from 'react';
import { formatNumber, useTexts } from '../../texts';
import { withoutOverrides } from './bidi';

/** A browser needs a second and more to lay out a megabyte of text in one piece. */
const CHARACTERS_AT_ONCE = 30_000;

/** Text as it was written; of a very long one the beginning, and as much again when asked for. */
export function LongText({ text }: { text: string }) {
  const { beginning, more } = useBeginning(text);
  return (
    <>
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
        {withoutOverrides(beginning)}
      </p>
      {more}
    </>
  );
}

/** @returns as much of a text as is shown, and a button for more; null when that is all. */
export function useBeginning(text: string): { beginning: string; more: ReactNode } {
  const words = useTexts().message;
  const [length, setLength] = useState(CHARACTERS_AT_ONCE);
  const hidden = text.length - length;
  const more = hidden > 0 && (
    <button
      type="button"
      className="button"
      onClick={() => setLength((shown) => shown + CHARACTERS_AT_ONCE)}
    >
      {words.showMore(formatNumber(hidden))}
    </button>
  );
  return { beginning: text.slice(0, length), more: more || null };
}
