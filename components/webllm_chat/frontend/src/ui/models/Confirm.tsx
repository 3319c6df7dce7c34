import { useEffect, useRef } from 'react';
import { useTexts } from '../texts';

/** Asks in place before something is deleted; the safe answer has the focus. */
export function Confirm(props: {
  question: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}) {
  const words = useTexts().models;
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus({ preventScroll: true }), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own.
    <span role="group" aria-label={props.question} className="flex flex-wrap items-center gap-2">
      <span>{props.question}</span>
      <button type="button" className="button text-bad" onClick={props.onYes}>
        {props.yes}
      </button>
      <button type="button" ref={no} className="button" onClick={props.onNo}>
        {words.keep}
      </button>
    </span>
  );
}
