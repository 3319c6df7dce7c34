import { useState } from 'react';
import { formatNumber, useTexts } from '../../texts';
import { withoutOverrides } from './bidi';

/** A browser needs a second and more to lay out a megabyte of text in one piece. */
export const CHARACTERS_AT_ONCE = 30_000;

/** Text as it was written; of a very long one the beginning, and as much again when asked for. */
export function LongText({ text }: { text: string }) {
  const [length, setLength] = useState(CHARACTERS_AT_ONCE);
  return (
    <>
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
        {withoutOverrides(text.slice(0, length))}
      </p>
      {text.length > length && (
        <ShowMore
          hidden={text.length - length}
          onMore={() => setLength((shown) => shown + CHARACTERS_AT_ONCE)}
        />
      )}
    </>
  );
}

export function ShowMore({ hidden, onMore }: { hidden: number; onMore: () => void }) {
  const words = useTexts().message;
  return (
    <button type="button" className="button" onClick={onMore}>
      {words.showMore(formatNumber(hidden))}
    </button>
  );
}
