/** Puts a part of the interface on the page, with an engine that starts no worker. */
import { type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createStore } from 'zustand/vanilla';
import { Meter } from '../bridge/meter';
import type { RenderArgs } from '../bridge/protocol';
import { ConversationStore } from '../conversation/store';
import { INITIAL, type MachineState, type Note } from '../engine/machine';
import { EngineManager } from '../engine/manager';
import { OfferedModels } from '../engine/offer';
import { ChatSession } from '../ui/chat/session/session';
import { ChatSurface } from '../ui/chat/surface';
import { engineAccess } from '../ui/diagnostics/engine-access';
import { DiagnosticsSession } from '../ui/diagnostics/session';
import { type Services, ServicesContext } from '../ui/services';
import { SharingConsent } from '../ui/sharing-consent';
import { F16, F32, renderArgs } from './fixtures';

export function someServices(state: Partial<MachineState> = {}): Services {
  const engine = new EngineManager();
  engine.state.setState({ ...INITIAL, ...state });
  const conversation = new ConversationStore<Note>();
  const args = createStore<{ current: RenderArgs | null }>(() => ({ current: renderArgs() }));
  const offer = new OfferedModels();
  offer.state.setState({ entries: [F16, F32], status: 'here' });
  return {
    args,
    offer,
    engine,
    conversation,
    chat: new ChatSession(engine, conversation),
    diagnostics: new DiagnosticsSession(
      () => args.getState().current,
      () => offer.state.getState().entries,
      engineAccess(engine),
    ),
    surface: new ChatSurface(),
    consent: new SharingConsent('/'),
    meter: new Meter(),
    connection: createStore(() => ({ server: 'connected' as const })),
    setFrameHeight: () => {},
  };
}

export function within(services: Services) {
  return ({ children }: { children: ReactNode }) => (
    <ServicesContext value={services}>{children}</ServicesContext>
  );
}

export function show(view: ReactNode, services: Services): RenderResult {
  return render(view, { wrapper: within(services) });
}
