/** What a visitor set for the look of the chat, kept in this browser. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { scoped } from '../../../app-scope';

export interface InterfacePreferences {
  /** Images in answers are fetched from wherever they are. */
  remoteImages: boolean;
  /** On wide screens: the list of conversations is beside the chat. */
  sidebar: boolean;
  /** Shortcuts of a single character work; they can be in the way of speech input. */
  keyShortcuts: boolean;
}

const KEY = scoped('webllm-chat.interface');
const DEFAULTS: InterfacePreferences = { remoteImages: false, sidebar: true, keyShortcuts: true };

export const interfacePreferences: StoreApi<InterfacePreferences> = createStore(() => stored());

export function setInterfacePreference(change: Partial<InterfacePreferences>): void {
  interfacePreferences.setState(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(interfacePreferences.getState()));
  } catch {
    // Without storage it lasts for this visit.
  }
}

function stored(): InterfacePreferences {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof value !== 'object' || value === null) return DEFAULTS;
    const { remoteImages, sidebar, keyShortcuts } = value as Record<string, unknown>;
    return {
      remoteImages: remoteImages === true,
      sidebar: sidebar !== false,
      keyShortcuts: keyShortcuts !== false,
    };
  } catch {
    return DEFAULTS;
  }
}
