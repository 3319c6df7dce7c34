/** The chat's keyboard shortcuts. Those that are a single character can be switched off. */
import { useEffect } from 'react';
import { type Services, useServices } from '../../services';
import { searchConversations, toggleConversations } from '../conversations/panel';
import { interfacePreferences } from '../settings/interface-preferences';

export function useShortcuts(locked: boolean): void {
  const services = useServices();
  useEffect(() => {
    if (locked) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const command = commandOf(event, services);
      if (!command) return;
      event.preventDefault();
      command();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [services, locked]);
}

function commandOf(event: KeyboardEvent, services: Services): (() => void) | null {
  const { surface, conversation, chat } = services;
  if (surface.state.getState().dialog !== null) return null;
  const key = event.key.toLowerCase();
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (key === 'arrowup' && mayLeave(event)) return () => goBy(-1, services);
    if (key === 'arrowdown' && mayLeave(event)) return () => goBy(1, services);
    return null;
  }
  if (event.ctrlKey || event.metaKey) {
    if (event.shiftKey) {
      if (key !== 'o') return null;
      return () => {
        conversation.openNew();
        surface.focusComposer();
      };
    }
    if (key === 'k') return () => searchConversations(surface);
    if (key === 'b') return () => toggleConversations(surface);
    if (key === ',') return () => surface.open('settings');
    return null;
  }
  if (key === 'escape' && chat.state.getState().turn !== null) return () => chat.stop();
  if (isTyping(event.target) || !interfacePreferences.getState().keyShortcuts) return null;
  if (key === '?') return () => surface.open('shortcuts');
  if (key === '/') return () => surface.focusComposer();
  return null;
}

function goBy(step: number, { conversation, surface }: Services): void {
  const { messageIds } = conversation.state.getState();
  const here = document.activeElement?.closest<HTMLElement>('[data-message-id]');
  const index = here ? messageIds.indexOf(here.dataset.messageId ?? '') : messageIds.length;
  const id = messageIds[index + step];
  if (id !== undefined) surface.focusMessage(id);
  else if (step > 0) surface.focusComposer();
}

/** In a text these keys move the caret; out of an empty field they lead on. */
function mayLeave({ target }: KeyboardEvent): boolean {
  return !isTyping(target) || (target as HTMLTextAreaElement).value === '';
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, input:not([type=checkbox]), select'))
  );
}
