/** Shows the list of conversations: on a wide screen beside the chat, on a narrow one over it. */
import { interfacePreferences, setInterfacePreference } from '../settings/interface-preferences';
import type { ChatSurface } from '../surface';
import { focusConversationSearch } from './search-focus';
import { isWideScreen } from './useWideScreen';

export function toggleConversations(surface: ChatSurface): void {
  if (isWideScreen()) {
    setInterfacePreference({ sidebar: !interfacePreferences.getState().sidebar });
  } else {
    surface.open('conversations');
  }
}

export function searchConversations(surface: ChatSurface): void {
  if (isWideScreen()) setInterfacePreference({ sidebar: true });
  else surface.open('conversations');
  focusConversationSearch();
}
