import { useStore } from 'zustand';
import { ChatInterface } from './chat/ChatInterface';
import { DiagnosticsView } from './diagnostics/DiagnosticsView';
import { useFrameHeight } from './frame';
import { ModelsView } from './models/ModelsView';
import { useServices } from './services';
import { useTexts } from './texts';

export function App() {
  const { args } = useServices();
  const current = useStore(args, ({ current }) => current);
  useTexts(); // Another language redraws every view.
  const frame = useFrameHeight(current?.view);
  if (!current) return null;
  return (
    <div ref={frame} className={current.view === 'chat' ? 'h-dvh' : ''}>
      {current.view === 'chat' && <ChatInterface locked={current.locked} />}
      {current.view === 'models' && <ModelsView />}
      {current.view === 'diagnostics' && <DiagnosticsView />}
    </div>
  );
}
