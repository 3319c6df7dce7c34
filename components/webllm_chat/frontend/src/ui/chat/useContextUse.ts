import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { effectiveSettings } from '../../conversation/state';
import { activeRung } from '../../engine/machine';
import { useServices } from '../services';
import { estimateConversation, estimateTokens } from './tokens';

export interface ContextUse {
  /** Tokens that the conversation, the system prompt and the draft take. */
  used: number;
  /** The engine has counted them; else they are estimated from the characters. */
  exact: boolean;
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
  const counted = useCountedTokens();
  if (!rung) return null;
  const isCounted = counted !== null && counted.answerId === messages.at(-1)?.id;
  const before = isCounted ? counted.tokens : said + estimateTokens(prompt ?? '');
  return {
    used: before + estimateTokens(draft),
    exact: isCounted && draft === '',
    window: Math.min(chosen ?? rung.contextWindow, rung.contextWindow),
  };
}

/** What the engine counted for the last answer of this visit: all it had read, and the answer. */
function useCountedTokens(): { answerId: string; tokens: number } | null {
  const { engine, conversation, chat } = useServices();
  const [counted, setCounted] = useState<{ answerId: string; tokens: number } | null>(null);
  useEffect(
    () =>
      chat.state.subscribe(({ turn }, before) => {
        if (turn !== null || before.turn === null) return;
        const { answerId } = before.turn;
        const result = engine.counters.getState().lastResult;
        // How it ended is written down just after the turn is over.
        queueMicrotask(() => {
          const counts = conversation.message(answerId)?.stats && result?.promptTokens;
          setCounted(
            counts ? { answerId, tokens: result.promptTokens + result.completionTokens } : null,
          );
        });
      }),
    [engine, conversation, chat],
  );
  return counted;
}
