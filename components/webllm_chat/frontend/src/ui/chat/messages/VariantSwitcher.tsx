import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useStore } from 'zustand';
import type { Message } from '../../../conversation/store';
import { variantsOf } from '../../../conversation/tree';
import { useServices } from '../../services';
import { formatNumber, useTexts } from '../../texts';
import { IconButton } from '../controls/IconButton';

/** Goes between the wordings of a question, or the answers to it. */
export function VariantSwitcher({ message, disabled }: { message: Message; disabled: boolean }) {
  const words = useTexts().actions;
  const { conversation } = useServices();
  const variants = useStore(conversation.state, ({ tree }) => variantsOf(tree, message.id));
  if (variants.length < 2) return null;
  const index = variants.indexOf(message.id);
  const goTo = (to: number) => {
    const id = variants[to];
    if (id !== undefined) conversation.choose(id);
  };
  return (
    <span className="flex items-center tabular-nums" data-testid="variants">
      <IconButton
        label={words.previous}
        disabled={disabled || index <= 0}
        onClick={() => goTo(index - 1)}
      >
        <ChevronLeft aria-hidden size={16} className="rtl:rotate-180" />
      </IconButton>
      <span className="min-w-8 text-center">
        {words.version(formatNumber(index + 1), formatNumber(variants.length))}
      </span>
      <IconButton
        label={words.next}
        disabled={disabled || index >= variants.length - 1}
        onClick={() => goTo(index + 1)}
      >
        <ChevronRight aria-hidden size={16} className="rtl:rotate-180" />
      </IconButton>
    </span>
  );
}
