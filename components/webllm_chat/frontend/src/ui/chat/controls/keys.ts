/** What a key means in a field of text. */
import type { KeyboardEvent } from 'react';

/** Whether an input method composes a character: until it is done, Enter and Escape belong to it. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // Safari ends the composition before it sends the key, and marks it with this code.
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}

/** Whether it sends what was written. An on-screen keyboard has no Shift+Enter: it breaks the line. */
export function isSend(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !usesTouchKeyboard();
}

function usesTouchKeyboard(): boolean {
  return window.matchMedia?.('(pointer: coarse) and (hover: none)').matches ?? false;
}
