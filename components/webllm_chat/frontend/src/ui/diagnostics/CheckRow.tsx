import { CHECKS } from '../../device/checks';
import type { Check, CheckResult, Finding } from '../../device/checks/check';
import { adviceFor } from '../../device/findings';
import type { Platform } from '../../device/platform';
import { Steps } from './Steps';

const MARKS: Record<CheckResult | 'waiting', { sign: string; name: string; color: string }> = {
  pass: { sign: '✓', name: 'fine', color: 'text-good' },
  warn: { sign: '!', name: 'worth knowing', color: 'text-fair' },
  fail: { sign: '✕', name: 'failed', color: 'text-bad' },
  unknown: { sign: '?', name: 'not known', color: 'text-muted' },
  waiting: { sign: '·', name: 'not yet', color: 'text-muted' },
};

/** One check: what was found, and on opening it why that matters and what to do. */
export function CheckRow(props: {
  check: Check;
  finding: Finding | undefined;
  platform: Platform | null;
  running: boolean;
  open?: boolean;
}) {
  const { check, finding, platform, running, open = false } = props;
  const mark = MARKS[finding?.result ?? 'waiting'];
  const cause = finding?.result === 'unknown' && titleOf(finding.reason);
  const advice = finding && platform && adviceFor(check, finding, platform);
  return (
    <li className="border-line not-first:border-t">
      <details
        data-testid="check"
        data-check={check.id}
        data-result={finding?.result ?? ''}
        open={open}
        className="text-sm"
      >
        <summary className="flex min-h-9 cursor-pointer flex-wrap items-baseline gap-x-2 px-3 py-1.5">
          <span aria-hidden className={`w-4 shrink-0 text-center font-semibold ${mark.color}`}>
            {running ? '…' : mark.sign}
          </span>
          <span className="sr-only">{running ? 'running' : mark.name}:</span>
          <span>{check.title}</span>
          <span
            data-testid="value"
            className="ml-auto min-w-0 text-right break-words text-muted tabular-nums"
          >
            {finding?.value}
          </span>
        </summary>
        <div className="space-y-2 px-3 pb-3 pl-9">
          <p className="text-muted">{check.why}</p>
          {cause && <p>It was not looked at, because “{cause}” has to work first.</p>}
          {advice && <Steps advice={advice} />}
        </div>
      </details>
    </li>
  );
}

function titleOf(id: string | undefined): string | undefined {
  return CHECKS.find((check) => check.id === id)?.title;
}
