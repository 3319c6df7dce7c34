import { useEffect } from 'react';
import { EngineStatus } from '../EngineStatus';
import { useServices } from '../services';
import { CheckLists } from './CheckLists';
import { EnginePlacement } from './EnginePlacement';
import { MemoryPanel } from './MemoryPanel';
import { ReportPanel } from './ReportPanel';
import { RunPanel } from './RunPanel';
import { SessionError } from './SessionError';
import { Speeds } from './Speeds';

/** Does WebGPU work here, and if not, what to do about it. */
export function DiagnosticsView() {
  const { diagnostics } = useServices();
  useEffect(() => {
    diagnostics.begin();
    return () => diagnostics.stop();
  }, [diagnostics]);
  return (
    <main className="flex flex-col gap-5 p-1">
      <EngineStatus />
      <SessionError />
      {/* In English only, as the browsers' settings and the report they speak of. */}
      <div lang="en" className="flex flex-col gap-5">
        <RunPanel />
        <CheckLists />
        <EnginePlacement />
        <Speeds />
        <MemoryPanel />
        <ReportPanel />
      </div>
    </main>
  );
}
