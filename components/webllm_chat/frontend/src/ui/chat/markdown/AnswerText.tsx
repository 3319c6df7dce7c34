/** A model's text, formatted: block by block, so that streaming formats the last block alone. */
import { memo, startTransition, useEffect, useMemo, useState } from 'react';
import remend from 'remend';
import { formatNumber, useTexts } from '../../texts';
import { type Block, BlockSplitter, definitionsIn, isTooDeep, isTooMuch } from './blocks';
import { AT_ONCE, costOfBlock, withinBudget } from './budget';
import { CodeBlock } from './CodeBlock';
import { LongText } from './LongText';
import { MarkdownBlock } from './MarkdownBlock';

/** Blocks shown at first; a reader who has come to their end asks for as many again. */
const BLOCKS_AT_ONCE = 150;

/** @param growing - more is to come at its end. */
const AnswerText = memo(function AnswerText({ text, growing }: { text: string; growing: boolean }) {
  const words = useTexts().message;
  const [splitter] = useState(() => new BlockSplitter());
  const [shown, setShown] = useState(BLOCKS_AT_ONCE);
  const blocks = useMemo(() => splitter.update(text), [splitter, text]);
  const definitions = useMemo(() => definitionsIn(blocks), [blocks]);
  const hidden = growing ? 0 : blocks.length - shown;
  // Of an answer that grows beyond what is shown at once, the end is what is read.
  const first = growing ? Math.max(0, blocks.length - shown) : 0;
  const visible = useMemo(() => blocks.slice(first, first + shown), [blocks, first, shown]);
  const affordable = useMemo(() => withinBudget(visible, definitions), [visible, definitions]);
  const inSlices = useSlices(visible, definitions);
  return (
    <div className="prose" dir="auto">
      {visible.map((block, offset) => {
        const index = first + offset;
        if (inSlices === 'waiting') return <LongText key={index} text={block.text} />;
        return (
          <AnswerBlock
            key={index}
            block={block}
            affordable={affordable[offset] ?? false}
            definitions={block.text.includes('[') ? definitions : ''}
            growing={growing && index === blocks.length - 1}
          />
        );
      })}
      {hidden > 0 && (
        <button
          type="button"
          className="button"
          onClick={() => setShown((count) => count + BLOCKS_AT_ONCE)}
        >
          {words.showRest(formatNumber(hidden))}
        </button>
      )}
    </div>
  );
});

export default AnswerText;

/** A dear message is first shown as it was written. React then formats it block by block, and
 * between two blocks the page listens. */
function useSlices(blocks: readonly Block[], definitions: string): 'waiting' | 'formatting' {
  const [cheap] = useState(
    () => blocks.reduce((sum, block) => sum + costOfBlock(block, definitions), 0) <= AT_ONCE,
  );
  const [stage, setStage] = useState<'waiting' | 'formatting'>(cheap ? 'formatting' : 'waiting');
  useEffect(() => startTransition(() => setStage('formatting')), []);
  return stage;
}

interface AnswerBlockProps {
  block: Block;
  definitions: string;
  growing: boolean;
  /** The message's budget reaches for it. */
  affordable: boolean;
}

const AnswerBlock = memo(
  function AnswerBlock({ block, definitions, growing, affordable }: AnswerBlockProps) {
    const [insisted, setInsisted] = useState(false);
    if (block.kind === 'code') {
      return <CodeBlock code={block.text} language={block.language} growing={growing} />;
    }
    if (!insisted && (!affordable || isTooMuch(block.text, growing))) {
      const possible = !growing && !isTooDeep(block.text);
      const format = () => startTransition(() => setInsisted(true));
      return <PlainBlock text={block.text} onFormat={possible ? format : undefined} />;
    }
    // Unclosed marks of a text that grows are closed for now, so that it does not flicker.
    const text = growing ? remend(block.text) : block.text;
    return <MarkdownBlock text={definitions === '' ? text : `${text}\n\n${definitions}`} />;
  },
  (before, after) =>
    before.growing === after.growing &&
    before.affordable === after.affordable &&
    before.definitions === after.definitions &&
    before.block.kind === after.block.kind &&
    before.block.text === after.block.text &&
    before.block.language === after.block.language,
);

/** @param props.onFormat - undefined where it cannot be formatted at all. */
function PlainBlock({ text, onFormat }: { text: string; onFormat: (() => void) | undefined }) {
  const words = useTexts().message;
  return (
    <div>
      <p className="flex flex-wrap items-center gap-2 text-xs text-muted">
        {words.plain}
        {onFormat && (
          <button
            type="button"
            data-testid="format-anyway"
            className="cursor-pointer underline"
            onClick={onFormat}
          >
            {words.formatAnyway}
          </button>
        )}
      </p>
      <LongText text={text} />
    </div>
  );
}
