/** A model's text, formatted: block by block, so that streaming formats the last block alone. */
import { memo, useMemo, useState } from 'react';
import remend from 'remend';
import { formatNumber, useTexts } from '../../texts';
import { type Block, BlockSplitter, definitionsIn, isTooMuch } from './blocks';
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
  return (
    <div className="prose" dir="auto">
      {blocks.slice(first, first + shown).map((block, offset) => {
        const index = first + offset;
        return (
          <AnswerBlock
            key={index}
            block={block}
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

const AnswerBlock = memo(
  function AnswerBlock(props: { block: Block; definitions: string; growing: boolean }) {
    const { block, definitions, growing } = props;
    if (block.kind === 'code') {
      return <CodeBlock code={block.text} language={block.language} growing={growing} />;
    }
    if (isTooMuch(block.text, growing)) return <PlainBlock text={block.text} />;
    // Unclosed marks of a text that grows are closed for now, so that it does not flicker.
    const text = growing ? remend(block.text) : block.text;
    return <MarkdownBlock text={definitions === '' ? text : `${text}\n\n${definitions}`} />;
  },
  (before, after) =>
    before.growing === after.growing &&
    before.definitions === after.definitions &&
    before.block.kind === after.block.kind &&
    before.block.text === after.block.text &&
    before.block.language === after.block.language,
);

function PlainBlock({ text }: { text: string }) {
  const words = useTexts().message;
  return (
    <div>
      <p className="text-xs text-muted">{words.plain}</p>
      <LongText text={text} />
    </div>
  );
}
