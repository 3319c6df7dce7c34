import { Part } from '../../Part';
import { AnswerText } from '../parts';
import { LongText } from './LongText';

/** A model's text; as it was written, until the formatter is there. */
export function FormattedText(props: { text: string; growing: boolean }) {
  const plain = <LongText text={props.text} />;
  return (
    <Part fallback={plain} missing={plain}>
      <AnswerText {...props} />
    </Part>
  );
}
