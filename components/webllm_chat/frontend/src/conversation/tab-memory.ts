/**
 * What a reload of this tab brings back at once: written while typing, before anything else can
 * fail. Each tab has its own, so two tabs never overwrite each other's half-written question.
 */
import { databaseName, type User } from './database';
import type { ConversationSettings } from './settings';

export interface TabMemory {
  openId: string | null;
  /** By conversation. */
  drafts: Record<string, string>;
  /** Of the conversation that has not begun. */
  newSettings: ConversationSettings;
  newPresetId: string | null;
}

const NOTHING: TabMemory = { openId: null, drafts: {}, newSettings: {}, newPresetId: null };

export function recall(user: User): TabMemory {
  try {
    const stored = sessionStorage.getItem(databaseName(user));
    return stored ? { ...NOTHING, ...(JSON.parse(stored) as TabMemory) } : NOTHING;
  } catch {
    return NOTHING;
  }
}

export function remember(user: User, change: Partial<TabMemory>): void {
  try {
    const next = { ...recall(user), ...change };
    sessionStorage.setItem(databaseName(user), JSON.stringify(next));
  } catch {
    // No storage, or it is full: the database has the draft a moment later.
  }
}
