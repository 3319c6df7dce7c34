import { useStore } from 'zustand';
import type { ModelEntry } from '../bridge/protocol';
import type { Message } from '../conversation/store';
import type { Note } from '../engine/machine';
import { isAnswering } from './chat/session/turns';
import { useServices } from './services';
import { useModelManager } from './useModelManager';

export interface Chat {
  messages: readonly Message<Note>[];
  /** Sends, and resolves when the answer has ended. */
  sendMessage: (text: string) => Promise<void>;
  sendMessageStream: (text: string, onToken: (token: string) => void) => Promise<void>;
  clearChat: () => void;
  changeModel: (modelId: string) => void;
  currentModel: string | null;
  availableModels: ModelEntry[];
  /** An answer is on its way. */
  isLoading: boolean;
  /** The kind of the error that stops the chat, or null. */
  error: string | null;
}

/** The conversation of this page. */
export function useChat(): Chat {
  const { engine, conversation, chat } = useServices();
  const models = useModelManager();
  const messages = useStore(conversation.state, (state) => state.messages);
  const busy = useStore(engine.state, isAnswering);
  const error = useStore(engine.state, (state) =>
    state.phase === 'failed' ? (state.error?.kind ?? 'unknown') : null,
  );
  return {
    messages,
    sendMessage: async (text) => {
      await chat.send(text);
    },
    sendMessageStream: models.streamChat,
    clearChat: () => chat.clear(),
    changeModel: models.switchModel,
    currentModel: models.activeModel,
    availableModels: models.availableModels,
    isLoading: busy,
    error,
  };
}
