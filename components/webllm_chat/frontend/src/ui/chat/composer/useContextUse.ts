import { useDeferredValue, useMemo } from 'react';
import { useStore } from 'zustand';
import { effectiveSettings } from '../../../conversation/state';
import { activeRung } from '../../../engine/machine';
import { useServices } from '../../services';
import { estimateConversation, estimateTokens } from './tokens';

/**
 * Estimated from the characters: an engine counts only what it reads anew, and keeps what it read
 * for earlier answers.
 */
export interface ContextUse {
  /** Tokens that the conversation, the system prompt and the draft take. */
  used: number;
  /** Tokens that the model can read at once. */
  window: number;
}

export function useContextUse(): ContextUse | null {
  const { engine, conversation } = useServices();
  const rung = useStore(engine.state, (state) => activeRung(state) ?? state.rungs[state.rung]);
  const chosen = useStore(conversation.state, (state) => effectiveSettings(state).contextWindow);
  const prompt = useStore(conversation.state, (state) => effectiveSettings(state).systemPrompt);
  const messages = useDeferredValue(useStore(conversation.state, (state) => state.messages));
  const draft = useDeferredValue(useStore(conversation.state, (state) => state.draft));
  const said = useMemo(() => estimateConversation(messages), [messages]);
  if (!rung) return null;
  return {
    used: said + estimateTokens(prompt ?? '') + estimateTokens(draft),
    window: Math.min(chosen ?? rung.contextWindow, rung.contextWindow),
  };
}
