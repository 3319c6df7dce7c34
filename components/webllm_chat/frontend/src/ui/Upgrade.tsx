import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { type Background, type Progress, percentOf } from '../engine/machine';
import { useServices } from './services';
import { formatNumber, megabytes, modelName, useTexts } from './texts';
import { useCatalog } from './useCatalog';

/** The better model on its way: what it costs, how far it is, and when it takes over. */
export function Upgrade() {
  const { engine } = useServices();
  const words = useTexts().upgrade;
  const background = useStore(engine.state, (state) => state.background);
  const answering = useStore(engine.state, ({ phase }) => phase === 'generating');
  const catalog = useCatalog();
  if (!background) return null;
  const model = modelName(background.rung.modelId, catalog);
  const accept = () => engine.acceptUpgrade();
  const decline = () => engine.declineUpgrade();
  const frame = (text: string, ...actions: ReactNode[]) => (
    <Frame background={background} text={text}>
      {actions}
    </Frame>
  );
  const dismiss = <Action key="no" text={words.notNow} onClick={decline} />;
  switch (background.stage) {
    case 'asking':
      return frame(
        words.asking(model, sizeOf(background)),
        <Action key="yes" text={words.download} onClick={accept} accent />,
        dismiss,
      );
    case 'downloading':
      return frame(
        background.accepted ? words.comingChosen(model) : words.coming(model),
        <Action
          key="pause"
          text={words.pause}
          onClick={() => void engine.library.pause(background.rung.modelId)}
        />,
        <Action key="no" text={words.cancel} onClick={decline} />,
      );
    case 'paused':
    case 'stalled':
      return frame(
        background.stage === 'paused' ? words.paused(model) : words.stalled(model),
        <Action key="yes" text={words.resume} onClick={accept} />,
        <Action key="no" text={words.cancel} onClick={decline} />,
      );
    case 'loading':
      return frame(words.loading(model));
    case 'downloaded':
    case 'ready':
      if (background.accepted) return frame(words.afterAnswer(model));
      // Until the answer in flight has ended, the better one could not be loaded anyway.
      if (background.stage === 'downloaded' && answering) return null;
      return frame(
        background.stage === 'ready' ? words.ready(model) : words.downloaded(model),
        <Action key="yes" text={words.switch(model)} onClick={accept} accent />,
        dismiss,
      );
  }
}

function Frame(props: { background: Background; text: string; children: ReactNode }) {
  const { background, text, children } = props;
  const { stage, rung, progress } = background;
  const isComing = ['downloading', 'loading'].includes(stage);
  return (
    <div
      data-testid="upgrade"
      data-stage={stage}
      data-model-id={rung.modelId}
      className="flex flex-col gap-1.5 rounded-ui bg-surface px-3 py-2 text-sm"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
        <span className="min-w-40 flex-1">
          {text}
          <Figures background={background} />
        </span>
        <span className="flex flex-wrap gap-2">{children}</span>
      </div>
      {isComing && (
        <div
          role="progressbar"
          aria-label={text}
          aria-valuenow={percentOf(progress)}
          aria-valuemin={0}
          aria-valuemax={100}
          className="h-0.5 overflow-hidden rounded-full bg-line"
        >
          <div
            className="h-full bg-accent transition-[width] duration-150 motion-reduce:transition-none"
            style={{ width: `${Math.max(1, (progress?.fraction ?? 0) * 100)}%` }}
          />
        </div>
      )}
    </div>
  );
}

/** Bytes so far, and the time that is left at the present speed. */
function Figures({ background: { stage, progress } }: { background: Background }) {
  const words = useTexts();
  const { received, total } = progress ?? {};
  if (received === undefined || !total || stage === 'loading') return null;
  const bytes = [megabytes(received), megabytes(total)] as const;
  const isResting = stage === 'paused' || stage === 'stalled';
  if (stage !== 'downloading' && !isResting) return null;
  const figures = isResting ? words.upgrade.kept(...bytes) : words.engine.received(...bytes);
  return (
    <span className="text-muted tabular-nums">
      {' · '}
      {figures}
      {!isResting && timeLeft(progress ?? {}, words)}
    </span>
  );
}

/** Seconds. Longer than this says only that the connection is as good as gone. */
const LONGEST_GUESS_S = 6 * 3600;

/** ' · 2 min left', or nothing where it cannot be told. */
export function timeLeft(
  { received, total, bytesPerS }: Partial<Progress>,
  { upgrade }: ReturnType<typeof useTexts>,
): string {
  if (!bytesPerS || !total || received === undefined) return '';
  const seconds = (total - received) / bytesPerS;
  if (seconds > LONGEST_GUESS_S) return '';
  // Rounded as a person would say it; a figure that jumps every second tells nothing.
  const time =
    seconds < 60
      ? upgrade.seconds(formatNumber(Math.max(5, Math.ceil(seconds / 5) * 5)))
      : upgrade.minutes(formatNumber(Math.ceil(seconds / 60)));
  return ` · ${upgrade.left(time)}`;
}

function sizeOf({ rung: { downloadBytes } }: Background): string {
  return downloadBytes === null ? '? MB' : megabytes(downloadBytes);
}

function Action(props: { text: string; onClick: () => void; accent?: boolean }) {
  return (
    <button
      type="button"
      onClick={props.onClick}
      className={props.accent ? 'button-accent' : 'button'}
    >
      {props.text}
    </button>
  );
}
