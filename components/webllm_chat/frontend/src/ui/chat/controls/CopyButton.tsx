import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { texts, useTexts } from '../../texts';
import { announce } from '../notices/announcer';
import { IconButton } from './IconButton';

/** Milliseconds that the button says it was done. */
const SHOWN_MS = 2000;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const words = useTexts().message;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      label={label}
      title={copied ? words.copied : label}
      onClick={() => void copyText(text).then(setCopied)}
    >
      {copied ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />}
    </IconButton>
  );
}

/** Says what came of it. @returns whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  const { copied, copyFailed } = texts().message;
  const done = await written(text);
  announce(done ? copied : copyFailed);
  return done;
}

async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writtenTheOldWay(text); // Without HTTPS or a permission there is only this.
  }
}

function writtenTheOldWay(text: string): boolean {
  const field = document.createElement('textarea');
  const focused = document.activeElement;
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
