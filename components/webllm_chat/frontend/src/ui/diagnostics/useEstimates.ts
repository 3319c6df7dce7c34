import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type Estimate, estimates, speedFrom } from '../../device/estimate';
import { useServices } from '../services';
import { useCatalog } from '../useCatalog';

/** Of the models on offer that fit this GPU; empty until its speed has been measured. */
export function useEstimates(): Estimate[] {
  const { diagnostics, engine } = useServices();
  const catalog = useCatalog();
  const device = useStore(engine.state, (state) => state.device);
  const findings = useStore(diagnostics.checks.state, (run) => run.findings);
  return useMemo(() => {
    const speed = speedFrom(findings);
    if (!speed || !catalog || !device) return [];
    const memory = findings['gpu-memory'];
    const found = memory?.facts?.refused === true ? Number(memory.facts.bytes) : null;
    const fitting = catalog.filter(({ model_id }) => engine.fit(model_id)?.verdict !== 'no');
    return estimates(fitting, speed, found);
  }, [catalog, device, engine, findings]);
}
