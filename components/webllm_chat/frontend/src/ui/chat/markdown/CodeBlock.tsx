import { memo } from 'react';
import { Scrollable } from '../../Scrollable';
import { useTexts } from '../../texts';
import { CopyButton } from '../controls/CopyButton';
import { withVisibleControls } from './bidi';
import { type ColouredLines, useHighlight } from './highlight';
import { useBeginning } from './LongText';

/** Code as it was written, with its language, a button to copy it, and colours once it is whole. */
export const CodeBlock = memo(function CodeBlock(props: {
  code: string;
  language: string;
  growing: boolean;
}) {
  const words = useTexts().message;
  const { beginning, more } = useBeginning(props.code);
  const code = withVisibleControls(beginning);
  const lines = useHighlight(code, props.language, !props.growing);
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{props.language || words.code}</span>
        <CopyButton text={props.code} label={words.copyCode} />
      </figcaption>
      <Scrollable label={props.language || words.code} className="code-scroll">
        <pre>
          <code>{lines ? <Coloured lines={lines} /> : code}</code>
        </pre>
      </Scrollable>
      {more}
    </figure>
  );
});

function Coloured({ lines }: { lines: ColouredLines }) {
  return lines.map((line, number) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
    <span key={number}>
      {line.map(([text, light, dark], column) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: nor have pieces of lines
          key={column}
          style={{ '--light': light, '--dark': dark } as React.CSSProperties}
        >
          {text}
        </span>
      ))}
      {number < lines.length - 1 && '\n'}
    </span>
  ));
}
