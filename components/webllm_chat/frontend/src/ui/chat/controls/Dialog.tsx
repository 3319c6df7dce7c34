import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTexts } from '../../texts';
import { IconButton } from './IconButton';

/**
 * The browser's own dialog: it keeps the focus, closes on Escape, and gives the focus back to where
 * it was.
 *
 * @param side - it comes from the side, as tall as the chat.
 */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  side?: boolean;
  children: ReactNode;
}) {
  const { close } = useTexts().settings;
  const { title, onClose, side = false, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does for the keyboard what a click beside it does
    <dialog
      ref={dialog}
      aria-label={title}
      className={side ? 'drawer' : 'dialog'}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="flex h-full max-h-full flex-col">
        <header className="flex items-center justify-between gap-3 px-4 pt-3 pb-1">
          <h2 className="text-base font-semibold">{title}</h2>
          <IconButton label={close} onClick={() => dialog.current?.close()}>
            <X aria-hidden size={18} />
          </IconButton>
        </header>
        {children}
      </div>
    </dialog>
  );
}
