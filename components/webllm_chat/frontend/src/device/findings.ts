/** What the findings say together: the machine they are about, the verdict, what to do first. */
import { type Advice, advise } from './advice';
import { CHECKS } from './checks';
import type { Check, Finding } from './checks/check';
import { gpuMaker, type Platform } from './platform';

export type Findings = Record<string, Finding>;

/** The platform, with the GPU as WebGPU names it, which says more than WebGL's name. */
export function machineOf(platform: Platform, findings: Findings): Platform {
  const { vendor, architecture, fallback } = findings.adapter?.facts ?? {};
  if (fallback === true) return { ...platform, gpu: 'software' };
  const named = gpuMaker(`${vendor ?? ''} ${architecture ?? ''}`);
  return named === 'other' ? platform : { ...platform, gpu: named };
}

/** @returns null where nothing needs doing. */
export function adviceFor(check: Check, finding: Finding, platform: Platform): Advice | null {
  if (finding.result === 'pass' || finding.result === 'unknown') return null;
  return advise({ check: check.id, result: finding.result, reason: finding.reason }, platform);
}

/** Checks that failed, causes before their consequences, which were then not looked at. */
export function failed(findings: Findings): Check[] {
  return CHECKS.filter(({ id }) => findings[id]?.result === 'fail');
}

export type Tone = 'good' | 'fair' | 'bad';

export interface Verdict {
  tone: Tone;
  text: string;
}

/** One sentence for the visitor; null before the GPU's results have been looked at. */
export function verdict(findings: Findings): Verdict | null {
  const { adapter, 'compute-f32': computed } = findings;
  if (computed?.result === 'fail') {
    return { tone: 'bad', text: 'This GPU computes wrongly, so it should not be used for models.' };
  }
  if (adapter?.reason === 'software' && computed) {
    return {
      tone: 'fair',
      text: 'WebGPU works here in software only, without a graphics card. The CPU answers faster.',
    };
  }
  if (computed?.result === 'pass') {
    return failed(findings).length === 0
      ? { tone: 'good', text: 'WebGPU works here: models run on your GPU.' }
      : { tone: 'fair', text: 'WebGPU works here, but something around it does not.' };
  }
  if (!computed) return null;
  return {
    tone: 'bad',
    text: 'Models cannot run on a GPU here. You can chat all the same: the model this app brings along answers on the CPU.',
  };
}
