/**
 * The parts of the chat that the first screen does without. They are fetched while the model loads,
 * so that everything is there should the server go away.
 */
import { lazy } from 'react';

const fetches = {
  AnswerText: () => import('./markdown/AnswerText'),
  AnswerMenu: () => import('./messages/AnswerMenu'),
  ConversationList: () => import('./conversations/ConversationList'),
  SettingsDialog: () => import('./settings/SettingsDialog'),
};

export const AnswerText = lazy(fetches.AnswerText);
export const AnswerMenu = lazy(fetches.AnswerMenu);
export const ConversationList = lazy(fetches.ConversationList);
export const SettingsDialog = lazy(fetches.SettingsDialog);

export function fetchParts(): void {
  for (const fetchPart of Object.values(fetches)) fetchPart().catch(() => {});
}
