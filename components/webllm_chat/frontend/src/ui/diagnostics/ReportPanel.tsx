import { useState } from 'react';
import { engineLog } from '../../engine/log';
import { useServices } from '../services';
import { issueLink, makeReport, reportText } from './report';
import { useEstimates } from './useEstimates';

/** Everything above to take along: one click to copy or keep. */
export function ReportPanel() {
  const { args, engine, diagnostics } = useServices();
  const estimates = useEstimates();
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const current = args.getState().current;
  const report = () =>
    makeReport({
      run: diagnostics.checks.state.getState(),
      estimates,
      state: engine.state.getState(),
      placement: engine.placement.getState(),
      counters: engine.counters.getState(),
      log: engineLog.getState(),
      args: args.getState().current,
      now: new Date(),
    });
  const copy = () =>
    copyText(reportText(report())).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    );
  return (
    <section aria-labelledby="report" className="rounded-ui border border-line p-4 text-sm">
      <h2 id="report" className="text-base font-semibold">
        Report
      </h2>
      <p className="mt-1 text-muted">
        What was found, the engine’s last events and the server’s settings, for whoever runs this
        app. It holds no word of a conversation and nothing about who you are.
      </p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <button type="button" data-testid="copy-report" className="button" onClick={copy}>
          Copy
        </button>
        <button
          type="button"
          data-testid="download-json"
          className="button"
          onClick={() => save('diagnostics.json', JSON.stringify(report(), null, 2))}
        >
          Download as JSON
        </button>
        <button
          type="button"
          data-testid="download-text"
          className="button"
          onClick={() => save('diagnostics.txt', reportText(report()))}
        >
          Download as text
        </button>
        {current?.issue_url && (
          <a
            data-testid="open-issue"
            className="button inline-flex items-center"
            href={issueLink(current.issue_url, report())}
            target="_blank"
            rel="noreferrer"
          >
            Report a problem
          </a>
        )}
        <span role="status" className="text-muted">
          {copied === 'yes' && 'Copied.'}
          {copied === 'no' && 'The browser did not allow copying: download it instead.'}
        </span>
      </div>
      <Preview text={() => reportText(report())} />
    </section>
  );
}

function Preview({ text }: { text: () => string }) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <details
      className="mt-3"
      onToggle={(event) => setShown(event.currentTarget.open ? text() : null)}
    >
      <summary className="min-h-6 cursor-pointer">Read it first</summary>
      <pre
        data-testid="report-text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="mt-2 max-h-96 overflow-auto rounded-ui bg-surface p-3 text-xs whitespace-pre-wrap"
      >
        {shown}
      </pre>
    </details>
  );
}

/** Without a secure context there is no clipboard API; a hidden text field still copies. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (!copied) throw new Error('The browser refused to copy.');
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
