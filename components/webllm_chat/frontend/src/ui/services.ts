import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { ServerConnection } from '../bridge/connection';
import type { Meter } from '../bridge/meter';
import type { RenderArgs } from '../bridge/protocol';
import type { ConversationStore } from '../conversation/store';
import type { Note } from '../engine/machine';
import type { EngineManager } from '../engine/manager';
import type { OfferedModels } from '../engine/offer';
import type { ChatSession } from './chat/session/session';
import type { ChatSurface } from './chat/surface';
import type { DiagnosticsSession } from './diagnostics/session';
import type { SharingConsent } from './sharing-consent';

/** What lives as long as the iframe; React only looks at it. */
export interface Services {
  args: StoreApi<{ current: RenderArgs | null }>;
  /** The models on offer, once they are here. */
  offer: OfferedModels;
  engine: EngineManager;
  conversation: ConversationStore<Note>;
  chat: ChatSession;
  diagnostics: DiagnosticsSession;
  surface: ChatSurface;
  consent: SharingConsent;
  /** What this visit has sent to the server. */
  meter: Meter;
  connection: StoreApi<{ server: ServerConnection }>;
  setFrameHeight: (height: number) => void;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('ServicesContext is missing above this component.');
  return services;
}
