import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type Estimate, estimates, speedFrom } from '../../device/estimate';
import { useServices } from '../services';

/** Of the models on offer that this GPU can run; empty until its speed has been measured. */
export function useEstimates(): Estimate[] {
  const { args, diagnostics, engine } = useServices();
  const catalog = useStore(args, ({ current }) => current?.catalog);
  const shaderF16 = useStore(engine.state, ({ device }) => device?.shader_f16 ?? false);
  const findings = useStore(diagnostics.checks.state, (run) => run.findings);
  return useMemo(() => {
    const speed = speedFrom(findings);
    if (!speed || !catalog) return [];
    const memory = findings['gpu-memory'];
    const found = memory?.facts?.refused === true ? Number(memory.facts.bytes) : null;
    const fitting = catalog.filter(({ kernels }) => kernels !== 'f16' || shaderF16);
    return estimates(fitting, speed, found);
  }, [catalog, shaderF16, findings]);
}
