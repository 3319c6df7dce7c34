/**
 * What to do about a check that did not pass, on this very machine. The knowledge is data
 * (`advice.json`, shared with the pages and the docs); here is only how it is looked up.
 */
import table from '../../../advice.json';
import type { BrowserName, GpuMaker, Platform, SystemName } from './platform';

export interface AdviceStep {
  text: string;
  source: { title: string; url: string | null };
}

export interface Advice {
  /** Which row of the table this is. */
  rule: string;
  /** There is advice for particular machines, and none for this one: what helps most often. */
  general: boolean;
  /** In the order to try them. */
  steps: AdviceStep[];
}

/** What went wrong, as far as the advice depends on it. */
export interface Trouble {
  check: string;
  result: string;
  reason?: string | undefined;
}

export interface AdviceRule {
  id: string;
  checks: string[];
  results?: string[];
  reasons?: string[];
  browsers?: BrowserName[];
  os?: SystemName[];
  gpus?: GpuMaker[];
  embedded?: boolean;
  steps: string[];
}

export interface Support {
  browser: BrowserName;
  os: SystemName[];
  /** The first major version that has WebGPU by itself; null where none has. */
  since: number | null;
  note: string;
  source: string;
}

export const RULES = table.rules as AdviceRule[];
export const SUPPORT = table.support as Support[];
const STEPS: Record<string, { text: string; source: string }> = table.steps;
const SOURCES: Record<string, { title: string; url: string | null }> = table.sources;

/** Chromium's browsers have the same inner pages under names of their own. */
const SCHEMES: Partial<Record<BrowserName, string>> = {
  edge: 'edge',
  brave: 'brave',
  opera: 'opera',
  vivaldi: 'vivaldi',
};

/** @returns the first row that fits, or null where none is about this check. */
export function advise(trouble: Trouble, platform: Platform): Advice | null {
  const rule = RULES.find((row) => fits(row, trouble, platform));
  if (!rule) return null;
  return {
    rule: rule.id,
    general:
      !isSpecific(rule) && RULES.some((row) => isSpecific(row) && isAbout(row, trouble, platform)),
    steps: rule.steps.map((id) => step(id, platform)),
  };
}

/** What is known of WebGPU in this browser on this system; undefined for an unknown pair. */
export function supportFor({ browser, system }: Platform): Support | undefined {
  // Every browser on iOS runs on Safari's engine.
  const engine = system === 'ios' ? 'safari' : browser;
  return SUPPORT.find((row) => row.browser === engine && row.os.includes(system));
}

function fits(rule: AdviceRule, trouble: Trouble, platform: Platform): boolean {
  return (
    isAbout(rule, trouble, platform) &&
    allows(rule.browsers, platform.browser) &&
    allows(rule.os, platform.system) &&
    allows(rule.gpus, platform.gpu)
  );
}

/** Whether the row is about this trouble, on whatever machine. */
function isAbout(
  rule: AdviceRule,
  { check, result, reason }: Trouble,
  platform: Platform,
): boolean {
  return (
    rule.checks.includes(check) &&
    allows(rule.results, result) &&
    allows(rule.reasons, reason) &&
    (rule.embedded ?? platform.embedded) === platform.embedded
  );
}

function isSpecific({ browsers, os, gpus }: AdviceRule): boolean {
  return Boolean(browsers ?? os ?? gpus);
}

function allows<T>(list: T[] | undefined, value: T | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}

function step(id: string, platform: Platform): AdviceStep {
  const { text, source } = STEPS[id] as { text: string; source: string };
  return {
    text: text
      .replaceAll('{scheme}', SCHEMES[platform.browser] ?? 'chrome')
      .replaceAll('{browser}', platform.browserTitle),
    source: SOURCES[source] as { title: string; url: string | null },
  };
}
