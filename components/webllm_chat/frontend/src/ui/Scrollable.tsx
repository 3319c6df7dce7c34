import type { ReactNode, Ref } from 'react';

/** What scrolls can be reached by the keyboard, which then scrolls it. */
export function Scrollable(props: {
  label: string;
  className: string;
  ref?: Ref<HTMLDivElement>;
  children: ReactNode;
}) {
  const { label, ...rest } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, and this holds none
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it only a mouse could scroll
    <div role="group" aria-label={label} tabIndex={0} {...rest} />
  );
}
