/**
 * The report that a visitor can send to whoever runs the app: everything an engineer needs, no
 * word of a conversation, nothing that says who the visitor is (no address, no user, no page URL).
 */
import type { DeviceReport, RenderArgs, ServerFacts } from '../../bridge/protocol';
import { CHECKS } from '../../device/checks';
import type { Finding } from '../../device/checks/check';
import type { RunState } from '../../device/checks/runner';
import type { Estimate } from '../../device/estimate';
import { adviceFor, type Findings, machineOf } from '../../device/findings';
import type { Platform } from '../../device/platform';
import type { Placement } from '../../engine/host';
import { type LogEntry, placementLine } from '../../engine/log';
import { activeRung, type MachineState } from '../../engine/machine';
import type { EngineCounters } from '../../engine/manager';

/** Raise it when a field changes its meaning or goes. */
const REPORT_VERSION = 1;

export interface DiagnosticsReport {
  report: 'webllm-chat-diagnostics';
  version: typeof REPORT_VERSION;
  /** ISO 8601, UTC. */
  created: string;
  platform: Platform | null;
  device: DeviceReport | null;
  checks: (Finding & { id: string; advice: string | null })[];
  /** Tokens per second, upper bounds. */
  estimates: Estimate[];
  engine: {
    phase: string;
    choice: string | null;
    activeModel: string | null;
    backend: string | null;
    /** Where it lives, and why not where it should; null before it was started. */
    placement: Placement | null;
    ladder: string[];
    error: { kind: string; detail: string } | null;
    failures: { modelId: string; kind: string }[];
    recoveries: number;
    turns: number;
    tokens: number;
    decodeTokensPerS: number | null;
  };
  /** The engine's last events, oldest first. */
  log: LogEntry[];
  settings: RenderArgs['settings'] | null;
  server: ServerFacts | null;
}

export interface ReportInput {
  run: RunState;
  estimates: Estimate[];
  state: MachineState;
  placement: Placement | null;
  counters: EngineCounters;
  log: LogEntry[];
  args: RenderArgs | null;
  now: Date;
}

export function makeReport(input: ReportInput): DiagnosticsReport {
  const { run, estimates, state, placement, counters, log, args, now } = input;
  const active = activeRung(state);
  const platform = run.platform && machineOf(run.platform, run.findings);
  return {
    report: 'webllm-chat-diagnostics',
    version: REPORT_VERSION,
    created: now.toISOString(),
    platform,
    device: state.device,
    checks: listFindings(run.findings, platform),
    estimates,
    engine: {
      phase: state.phase,
      choice: state.choice,
      activeModel: active?.modelId ?? null,
      backend: active?.backend ?? null,
      placement,
      ladder: state.rungs.map(({ modelId }) => modelId),
      error: state.error,
      failures: state.failures.map(({ modelId, kind }) => ({ modelId, kind })),
      recoveries: state.recoveries,
      turns: counters.turns,
      tokens: counters.tokens,
      decodeTokensPerS: counters.lastResult?.decodeTokensPerS ?? null,
    },
    log,
    settings: args?.settings ?? null,
    server: args?.server ?? null,
  };
}

function listFindings(findings: Findings, platform: Platform | null) {
  return CHECKS.flatMap((check) => {
    const finding = findings[check.id];
    if (!finding) return [];
    const advice = platform && adviceFor(check, finding, platform);
    return [{ id: check.id, ...finding, advice: advice?.rule ?? null }];
  });
}

/** The same to be read, line by line. */
export function reportText(report: DiagnosticsReport): string {
  const { platform, engine, server, created, version } = report;
  const section = (title: string, lines: string[]) =>
    lines.length > 0 ? [`\n${title}`, ...lines.map((line) => `  ${line}`)] : [];
  return [
    `WebLLM chat, diagnostics (version ${version}), ${created}`,
    ...section('Machine', platform ? [machineLine(platform)] : []),
    ...section(
      'Checks',
      report.checks.map(({ id, result, value }) => `${result.padEnd(7)} ${id}: ${value}`),
    ),
    ...section(
      'Estimated speed, at most',
      report.estimates.map(({ name, tokensPerS }) => `${name}: ${tokensPerS.toFixed(1)} tokens/s`),
    ),
    ...section('Engine', engineLines(engine)),
    ...section('Last events', report.log.map(logLine)),
    ...section('Server', server ? serverLines(server) : []),
  ].join('\n');
}

function machineLine({ browserTitle, version, systemTitle, gpu, embedded }: Platform): string {
  const where = embedded ? ', inside another site’s page' : '';
  return `${browserTitle} ${version ?? ''} on ${systemTitle}, GPU: ${gpu}${where}`;
}

function engineLines(engine: DiagnosticsReport['engine']): string[] {
  return [
    `phase: ${engine.phase}`,
    `model: ${engine.activeModel ?? 'none'} (${engine.backend ?? 'no backend'}, chosen: ${engine.choice ?? 'not yet'})`,
    ...(engine.placement ? [`host: ${placementLine(engine.placement)}`] : []),
    `ladder: ${engine.ladder.join(', ') || 'none'}`,
    `answers: ${engine.turns}, tokens: ${engine.tokens}, recoveries: ${engine.recoveries}`,
    ...(engine.decodeTokensPerS
      ? [`last answer: ${engine.decodeTokensPerS.toFixed(1)} tokens/s`]
      : []),
    ...engine.failures.map(({ modelId, kind }) => `failed: ${modelId} (${kind})`),
    ...(engine.error ? [`error: ${engine.error.kind}: ${engine.error.detail}`] : []),
  ];
}

function logLine({ at, event, detail }: LogEntry): string {
  return `${new Date(at).toISOString()} ${event} ${detail}`.trimEnd();
}

function serverLines({ versions, settings, sign_in, problems }: ServerFacts): string[] {
  return [
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    sign_in,
    ...problems,
    ...settings
      .filter(({ origin }) => origin !== 'default')
      .map(({ name, value, origin }) => `${name}=${value} (${origin})`),
  ];
}

/** Browsers and servers cut longer addresses off. Characters. */
const LONGEST_ISSUE_BODY = 4000;

/** @returns the operator's address with a title and the report's head filled in. */
export function issueLink(address: string, report: DiagnosticsReport): string {
  const link = new URL(address);
  const worst = report.checks.find(({ result }) => result === 'fail');
  const error = report.engine.error?.kind;
  const title = `Diagnostics: ${error ?? worst?.id ?? 'a question'}`;
  const text = reportText({ ...report, log: [] });
  const body = `What happened?\n\n\nReport (the whole of it is on your clipboard after “Copy”):\n\n\`\`\`\n${text.slice(0, LONGEST_ISSUE_BODY)}\n\`\`\`\n`;
  // GitLab's names for the same two fields.
  const gitlab = link.pathname.includes('/-/issues');
  link.searchParams.set(gitlab ? 'issue[title]' : 'title', title);
  link.searchParams.set(gitlab ? 'issue[description]' : 'body', body);
  return link.href;
}
