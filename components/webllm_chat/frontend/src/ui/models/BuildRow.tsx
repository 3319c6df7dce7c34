import { memo, type ReactNode } from 'react';
import { formatNumber, megabytes, useTexts } from '../texts';
import type { ModelActions, RowNotice } from './actions';
import { BuildActions } from './BuildActions';
import { LoadTimes } from './LoadTimes';
import { NoticeText } from './NoticeText';
import { Progress } from './Progress';
import { buildName, type ModelRow } from './row';
import { useStateText } from './stateText';

interface Props {
  row: ModelRow;
  notice: RowNotice | undefined;
  actions: ModelActions;
  hidden: boolean;
}

/** One build of a model. Drawn again only when one of its own facts changes. */
export const BuildRow = memo(function BuildRow({ row, notice, actions, hidden }: Props) {
  const words = useTexts().models;
  const { entry, state, total, exact } = row;
  const text = useStateText(row);
  return (
    <tr
      hidden={hidden}
      data-testid="model"
      data-model-id={entry.model_id}
      data-state={state}
      data-percent={row.percent ?? ''}
      data-fit={row.verdict ?? ''}
      className="align-top max-md:mb-2 max-md:grid max-md:grid-cols-3 max-md:gap-x-3 max-md:gap-y-2 max-md:rounded-ui max-md:border max-md:border-line max-md:p-3"
    >
      <th
        scope="row"
        className="py-1.5 pr-4 font-normal max-md:col-span-full max-md:p-0 lg:whitespace-nowrap"
        title={entry.model_id}
      >
        <span className="font-medium">{buildName(entry)}</span>
        <span className="block text-muted">{buildText(row, words)}</span>
      </th>
      <Cell label={words.download}>{sizeText(total, exact)}</Cell>
      <Cell label={words.memory}>
        {entry.vram_mb === null ? '–' : `${formatNumber(entry.vram_mb)} MB`}
      </Cell>
      <Cell label={words.context}>{formatNumber(entry.context_window)}</Cell>
      <Cell label={words.loadTimes} wide>
        <LoadTimes row={row} />
      </Cell>
      <Cell label={words.here} wide wraps>
        <span data-testid="model-state">{text.state}</span>
        {text.detail && <span className="block text-muted">{text.detail}</span>}
        <Progress row={row} label={text.state} />
        {notice && <NoticeText notice={notice} />}
      </Cell>
      <td className="py-1.5 max-md:col-span-full max-md:p-0 md:min-w-52">
        <BuildActions
          row={row}
          onAction={(action) => void actions.perform(action, entry.model_id)}
        />
      </td>
    </tr>
  );
}, isSame);

/** On a phone, where there are no column heads, a cell says itself what it is. */
const LABELLED =
  'max-md:p-0 max-md:before:block max-md:before:text-xs max-md:before:text-muted max-md:before:content-[attr(data-label)]';

function Cell(props: {
  label: string;
  wide?: boolean;
  /** Its words may take several lines. */
  wraps?: boolean;
  children: ReactNode;
}) {
  const nowrap = props.wraps ? 'w-full min-w-48' : 'lg:whitespace-nowrap';
  const width = props.wide ? 'max-md:col-span-full' : '';
  return (
    <td
      data-label={props.label}
      className={`py-1.5 pr-4 tabular-nums ${LABELLED} ${width} ${nowrap}`}
    >
      {props.children}
    </td>
  );
}

function isSame(a: Props, b: Props): boolean {
  const known = Object.keys(a.row) as (keyof ModelRow)[];
  return (
    a.hidden === b.hidden &&
    a.notice === b.notice &&
    a.actions === b.actions &&
    known.every((key) => Object.is(a.row[key], b.row[key]))
  );
}

function sizeText(total: number, exact: boolean): string {
  if (total === 0) return '–';
  return exact ? megabytes(total) : `≈ ${megabytes(total)}`;
}

function buildText({ entry }: ModelRow, words: ReturnType<typeof useTexts>['models']): string {
  if (entry.backend === 'wllama') return words.onCpu;
  const needs = entry.required_features.filter((feature) => feature !== 'shader-f16');
  const kernels = entry.kernels === 'f16' ? words.needsF16 : words.anyGpu;
  return [kernels, ...needs].join(', ');
}
