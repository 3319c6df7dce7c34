/** Conversations as files of the visitor's: out of this browser, and into it. */

import type { ImportOptions } from '../../../conversation/transfer/background-import';
import { exportFileName } from '../../../conversation/transfer/export';
import type { ImportResult } from '../../../conversation/transfer/import';
import type { Services } from '../../services';
import { formatBytes, formatNumber, modelName, problemText, texts } from '../../texts';

export type ExportFormat = 'markdown' | 'json';

const TYPES = { markdown: 'text/markdown', json: 'application/json' } as const;
const EXTENSIONS = { markdown: 'md', json: 'json' } as const;

/** @param id - of one conversation; null: all. */
export async function exportConversations(
  services: Services,
  format: ExportFormat,
  id: string | null,
): Promise<void> {
  const { transfer, state } = services.conversation;
  const ids = id === null ? undefined : [id];
  const text =
    format === 'json'
      ? await transfer.exportJson(ids)
      : await transfer.exportMarkdown(markdownWords(services), ids);
  const conversation = state.getState().conversations.find((each) => each.id === id);
  const title = conversation?.title ?? texts().conversations.title;
  download(new Blob([text], { type: TYPES[format] }), exportFileName(title, EXTENSIONS[format]));
}

/** @returns what came of it, in words. */
export async function importConversations(
  services: Services,
  file: File,
  options: ImportOptions,
): Promise<string> {
  const words = texts().conversations;
  const result = await services.conversation.transfer.importFile(file, options);
  if (result.kind === 'cancelled') return words.importCancelled;
  if (result.kind !== 'imported') return words.importFailed(reason(result));
  const imported = words.imported(
    formatNumber(result.conversations),
    formatNumber(result.messages),
  );
  return result.kept === 0
    ? imported
    : `${imported} ${words.importKept(formatNumber(result.kept))}`;
}

function reason(result: Exclude<ImportResult, { kind: 'imported' | 'cancelled' }>): string {
  const words = texts().conversations;
  switch (result.kind) {
    case 'refused':
      return result.problems.map(problemText).join(' ');
    case 'no-room':
      return words.noRoom(formatBytes(result.neededBytes));
    case 'failed':
      return words.notWritten;
  }
}

function markdownWords({ offer }: Services) {
  const { message } = texts();
  const catalog = offer.state.getState().entries;
  return {
    you: message.you,
    answer: (modelId: string | null) => (modelId ? modelName(modelId, catalog) : message.answer),
    incomplete: message.incomplete,
  };
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken the address over once the click is done with.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
