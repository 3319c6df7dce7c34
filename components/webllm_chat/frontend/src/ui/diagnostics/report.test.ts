import { describe, expect, it } from 'vitest';
import type { RunState } from '../../device/checks/runner';
import { INITIAL } from '../../engine/machine';
import { aPlatform } from '../../test/checks';
import { F16_RUNG, renderArgs } from '../../test/fixtures';
import { issueLink, makeReport, type ReportInput, reportText } from './report';

const RUN: RunState = {
  phase: 'done',
  current: null,
  planned: [],
  seconds: 1,
  platform: aPlatform({ browser: 'firefox', browserTitle: 'Firefox', system: 'linux' }),
  findings: {
    'secure-context': { result: 'pass', value: 'HTTPS or localhost' },
    webgpu: { result: 'fail', value: 'not in this browser' },
  },
};

function input(fields: Partial<ReportInput> = {}): ReportInput {
  return {
    run: RUN,
    estimates: [{ modelId: 'small', name: 'Small', named: true, tokensPerS: 12.34 }],
    state: {
      ...INITIAL,
      rungs: [F16_RUNG],
      phase: 'failed',
      error: { kind: 'http', detail: 'HTTP 404' },
    },
    placement: {
      host: 'dedicated',
      fallback: { wanted: 'service-worker', reason: 'no-webgpu', detail: 'No adapter.' },
    },
    counters: { turns: 2, tokens: 30, lastResult: null, recentSpeeds: [] },
    log: [{ at: 0, event: 'load-failed', detail: 'http: HTTP 404' }],
    args: renderArgs({
      user: 'user-of-mine',
      server: {
        versions: { streamlit: '1.67.0' },
        settings: [
          { name: 'WEBLLM_BACKEND', value: 'cpu', origin: 'environment' },
          { name: 'WEBLLM_CEILING', value: 'not set', origin: 'default' },
        ],
        sign_in: 'Sign-in is off.',
        problems: ['A problem.'],
      },
    }),
    now: new Date('2026-01-02T03:04:05Z'),
    ...fields,
  };
}

describe('the report', () => {
  it('has a version, what was found, and which advice was given', () => {
    const report = makeReport(input());
    expect(report).toMatchObject({ version: 1, created: '2026-01-02T03:04:05.000Z' });
    expect(report.checks).toEqual([
      { id: 'secure-context', result: 'pass', value: 'HTTPS or localhost', advice: null },
      {
        id: 'webgpu',
        result: 'fail',
        value: 'not in this browser',
        advice: 'firefox-linux-webgpu',
      },
    ]);
    expect(report.engine).toMatchObject({ phase: 'failed', turns: 2, error: { kind: 'http' } });
  });

  it('does not say who the visitor is', () => {
    const report = makeReport(input());
    for (const told of [JSON.stringify(report), reportText(report)]) {
      expect(told).not.toContain('user-of-mine');
      expect(told).not.toContain(window.location.host);
      expect(told).not.toContain(navigator.userAgent);
    }
  });

  it('can be read', () => {
    const text = reportText(makeReport(input()));
    for (const line of [
      'Firefox 1 on Bar, GPU: other',
      'fail    webgpu: not in this browser',
      'Small: 12.3 tokens/s',
      'host: dedicated instead of service-worker, no-webgpu: No adapter.',
      'error: http: HTTP 404',
      '1970-01-01T00:00:00.000Z load-failed http: HTTP 404',
      'streamlit 1.67.0',
      'WEBLLM_BACKEND=cpu (environment)',
      'A problem.',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toContain('WEBLLM_CEILING');
  });

  it('is made before anything is known', () => {
    const run = { ...RUN, platform: null, findings: {} };
    const nothing = input({
      run,
      state: INITIAL,
      placement: null,
      args: null,
      log: [],
      estimates: [],
    });
    expect(reportText(makeReport(nothing))).toContain('phase: starting');
  });
});

describe('issueLink', () => {
  const report = makeReport(input());

  it('fills in a title and the findings, and keeps the address’s own parameters', () => {
    const link = new URL(issueLink('https://git.example/a/issues/new?labels=gpu', report));
    expect(link.searchParams.get('labels')).toBe('gpu');
    expect(link.searchParams.get('title')).toBe('Diagnostics: http');
    expect(link.searchParams.get('body')).toContain('webgpu: not in this browser');
  });

  it('speaks GitLab', () => {
    const link = new URL(issueLink('https://gitlab.example/a/b/-/issues/new', report));
    expect(link.searchParams.get('issue[title]')).toBe('Diagnostics: http');
  });

  it('stays short enough for browsers and servers', () => {
    const long = {
      ...RUN,
      findings: { webgpu: { result: 'fail', value: 'x'.repeat(9000) } },
    } as const;
    expect(issueLink('https://git.example/', makeReport(input({ run: long }))).length).toBeLessThan(
      8000,
    );
  });
});
