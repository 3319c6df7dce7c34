import { useStore } from 'zustand';
import { CHECKS, GROUPS } from '../../device/checks';
import type { Check } from '../../device/checks/check';
import { failed, machineOf } from '../../device/findings';
import { useServices } from '../services';
import { CheckRow } from './CheckRow';

/** What failed comes first and open, with what to do; the rest follows by subject. */
export function CheckLists() {
  const { diagnostics } = useServices();
  const run = useStore(diagnostics.checks.state);
  const machine = run.platform && machineOf(run.platform, run.findings);
  const bad = failed(run.findings);
  const row = (check: Check, open = false) => (
    <CheckRow
      key={`${check.id} ${open}`}
      check={check}
      finding={run.findings[check.id]}
      platform={machine}
      running={run.current === check.id}
      open={open}
    />
  );
  return (
    <>
      {bad.length > 0 && (
        <section aria-labelledby="to-do">
          <h2 id="to-do" className="mb-2 font-semibold">
            To put right
          </h2>
          <ul className="rounded-ui border border-bad">{bad.map((check) => row(check, true))}</ul>
        </section>
      )}
      <div className="gap-x-5 lg:columns-2">
        {GROUPS.map(({ id, title }) => {
          const checks = CHECKS.filter(
            (check) =>
              check.group === id && !bad.includes(check) && isShown(check, run.planned, run),
          );
          if (checks.length === 0) return null;
          return (
            <section key={id} aria-labelledby={`group-${id}`} className="mb-5 break-inside-avoid">
              <h2 id={`group-${id}`} className="mb-2 font-semibold">
                {title}
              </h2>
              <ul className="rounded-ui border border-line">{checks.map((check) => row(check))}</ul>
            </section>
          );
        })}
      </div>
    </>
  );
}

function isShown(check: Check, planned: string[], { findings }: { findings: object }): boolean {
  return check.id in findings || planned.includes(check.id);
}
