import type { ComponentProps } from 'react';

/** @param label - read out, and shown to whoever points at it. */
export function IconButton(props: ComponentProps<'button'> & { label: string }) {
  const { label, className = '', ...rest } = props;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`icon-button ${className}`}
    />
  );
}
