/** Prints which tests took longest, at the end of a run. */
import type { Reporter, TestModule } from 'vitest/node';

const MOST = 10;

export class SlowestTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => ({ test, took: test.diagnostic()?.duration ?? 0 }))
      .sort((a, b) => b.took - a.took);
    console.log(`\nThe slowest ${MOST} tests:`);
    for (const { test, took } of tests.slice(0, MOST)) {
      const name = `${test.module.relativeModuleId} > ${test.fullName}`;
      console.log(`${(took / 1000).toFixed(2).padStart(6)} s  ${name}`);
    }
  }
}
