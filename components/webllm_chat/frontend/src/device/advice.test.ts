import { describe, expect, it } from 'vitest';
import table from '../../../advice.json';
import { aPlatform } from '../test/checks';
import { type AdviceRule, advise, RULES, SUPPORT, supportFor } from './advice';
import { CHECKS } from './checks';
import type { BrowserName, GpuMaker, SystemName } from './platform';

/** Every combination of check, browser, system and GPU that a rule names. */
function combinations(rule: AdviceRule) {
  const browsers: BrowserName[] = rule.browsers ?? ['other'];
  const systems: SystemName[] = rule.os ?? ['other'];
  const gpus: GpuMaker[] = rule.gpus ?? ['other'];
  return rule.checks.flatMap((check) =>
    browsers.flatMap((browser) =>
      systems.flatMap((system) =>
        gpus.map((gpu) => ({
          trouble: { check, result: rule.results?.[0] ?? 'fail', reason: rule.reasons?.[0] },
          platform: aPlatform({ browser, system, gpu, embedded: rule.embedded ?? false }),
        })),
      ),
    ),
  );
}

describe('the table of advice', () => {
  const named = RULES.flatMap((rule) =>
    combinations(rule).map((combination) => ({ id: rule.id, ...combination })),
  );

  it.each(named)('$id: $trouble.check in $platform.browser on $platform.system', (row) => {
    const advice = advise(row.trouble, row.platform);
    expect(advice?.rule).toBe(row.id);
    expect(advice?.steps).not.toEqual([]);
    for (const { text, source } of advice?.steps ?? []) {
      expect(text).not.toMatch(/[{}]/);
      expect(source.title).not.toBe('');
    }
  });

  it('has advice for every check, in a browser nobody has heard of', () => {
    for (const { id } of CHECKS) {
      const advice = advise({ check: id, result: 'fail' }, aPlatform());
      expect(advice, id).not.toBeNull();
      expect(advice?.steps.length, id).toBeGreaterThan(0);
    }
  });

  it.each([
    ['adapter', true],
    ['cache-api', false],
    ['model-hub', false],
    ['shader-f16', true],
  ])('says of %s whether there is none for this very machine', (check, general) => {
    expect(advise({ check, result: 'fail' }, aPlatform())?.general).toBe(general);
  });

  it('is about checks there are', () => {
    const ids = new Set<string>(CHECKS.map(({ id }) => id));
    for (const { checks } of RULES) for (const check of checks) expect(ids).toContain(check);
  });

  it('keeps no step and no source that nothing names', () => {
    const steps = new Set(RULES.flatMap((rule) => rule.steps));
    expect(new Set(Object.keys(table.steps))).toEqual(steps);
    const sources = new Set([
      ...Object.values(table.steps).map(({ source }) => source),
      ...SUPPORT.map(({ source }) => source),
    ]);
    expect(new Set(Object.keys(table.sources))).toEqual(sources);
  });

  it('names the inner pages of each browser as that browser does', () => {
    const platform = aPlatform({
      browser: 'edge',
      browserTitle: 'Microsoft Edge',
      system: 'windows',
    });
    const advice = advise({ check: 'adapter', result: 'fail' }, platform);
    expect(advice?.steps[0]?.text).toContain('edge://settings/system');
  });
});

describe('supportFor', () => {
  it('knows since when a browser has WebGPU', () => {
    expect(supportFor(aPlatform({ browser: 'firefox', system: 'windows' }))?.since).toBe(141);
    expect(supportFor(aPlatform({ browser: 'firefox', system: 'linux' }))?.since).toBeNull();
  });

  it('sees Safari in every browser on iOS', () => {
    expect(supportFor(aPlatform({ browser: 'chrome', system: 'ios' }))?.browser).toBe('safari');
  });

  it('says nothing of what it does not know', () => {
    expect(supportFor(aPlatform())).toBeUndefined();
  });
});
