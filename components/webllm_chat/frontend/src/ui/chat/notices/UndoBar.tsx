import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { IconButton } from '../controls/IconButton';
import { forgetDeletion, lastDeletion } from './undo';

/**
 * Takes a deletion back. It takes the focus, since what had it is gone, and stays until it is used
 * or something else is sent or deleted: nobody has to be quick.
 */
export function UndoBar() {
  const words = useTexts().undo;
  const { surface } = useServices();
  const { deletion } = useStore(lastDeletion);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (deletion) button.current?.focus();
  }, [deletion]);
  if (!deletion) return null;
  const leave = () => {
    forgetDeletion();
    surface.focusComposer();
  };
  return (
    <div
      role="status"
      data-testid="notice"
      data-kind="deleted"
      className="flex items-center gap-3 rounded-ui bg-surface px-3 py-1.5 text-sm"
    >
      <span className="min-w-0 flex-1 truncate" dir="auto">
        {deletion.text}
      </span>
      <button
        ref={button}
        type="button"
        className="button"
        onClick={() => {
          deletion.restore();
          leave();
        }}
      >
        {words.undo}
      </button>
      <IconButton label={words.dismiss} onClick={leave}>
        <X aria-hidden size={16} />
      </IconButton>
    </div>
  );
}
