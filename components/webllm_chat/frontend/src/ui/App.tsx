import { lazy } from 'react';
import { useStore } from 'zustand';
import { ChatInterface } from './chat/ChatInterface';
import { useFrameHeight } from './frame';
import { Part } from './Part';
import { useServices } from './services';
import { useTexts } from './texts';

/** Most visits see the chat alone. */
const ModelsView = lazy(async () => ({
  default: (await import('./models/ModelsView')).ModelsView,
}));
const DiagnosticsView = lazy(async () => ({
  default: (await import('./diagnostics/DiagnosticsView')).DiagnosticsView,
}));

export function App() {
  const { args } = useServices();
  const current = useStore(args, ({ current }) => current);
  useTexts(); // Another language redraws every view.
  const frame = useFrameHeight(current?.view, current?.height ?? null);
  if (!current) return null;
  return (
    <div ref={frame} className={current.view === 'chat' ? 'h-dvh' : ''}>
      {current.view === 'chat' && <ChatInterface locked={current.locked} />}
      <Part>
        {current.view === 'models' && <ModelsView />}
        {current.view === 'diagnostics' && <DiagnosticsView />}
      </Part>
    </div>
  );
}
