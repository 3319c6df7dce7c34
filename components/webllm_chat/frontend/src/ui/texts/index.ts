/** The words of the interface that depend on what happened. */
import type { Choice, DeviceReport, ModelEntry } from '../../bridge/protocol';
import type { Problem } from '../../conversation/problems';
import type { MachineState, Note } from '../../engine/machine';
import type { ErrorTexts } from './errors';
import { formatChoices, formatNumber } from './format';
import { texts } from './locale';

export type { Texts } from './en';
export { formatBytes, formatNumber, megabytes } from './format';
export { texts, useTexts } from './locale';

export function modelName(modelId: string, catalog: readonly ModelEntry[]): string {
  return catalog.find(({ model_id }) => model_id === modelId)?.name ?? modelId;
}

/** Why it happened, what the app does, what a person can do: in the visitor's language. */
export function errorText(kind: string): ErrorTexts {
  const { errors } = texts();
  return errors[kind] ?? (errors.unknown as ErrorTexts);
}

export function phaseText(state: MachineState): string {
  const { phase, progress } = state;
  const { engine } = texts();
  if (phase === 'downloading')
    return progress?.onServer ? engine.serverFetching : engine.downloading;
  if (phase === 'loading') return progress?.stage === 'compile' ? engine.compiling : engine.loading;
  return engine[phase];
}

/** What comes after the present step, so that waiting has an end. */
export function nextText(state: MachineState): string {
  const { engine } = texts();
  if (state.phase === 'downloading') return engine.nextStart;
  if (state.phase === 'loading') return engine.nextChat;
  if (state.phase === 'probing') return engine.nextChoose;
  return '';
}

export function choiceText(choice: Choice, device: DeviceReport | null): string {
  const words = texts().choice;
  switch (choice) {
    case 'default':
      return words.default;
    case 'f32-sibling':
      return words.f32Sibling;
    case 'cpu-forced':
      return words.cpuForced;
    case 'no-gpu':
      return `${words.noGpu} ${deviceText(device)}`;
    case 'hub-unreachable':
      return words.hubUnreachable;
    case 'cached':
      return words.cached;
    case 'after-crash':
      return words.afterCrash;
    case 'failed-here':
      return words.failedHere;
    case 'upgrade':
      return words.upgrade;
    case 'visitor':
      return words.visitor;
    case 'unknown-model':
      return words.unknownModel;
  }
}

function deviceText(device: DeviceReport | null): string {
  const words = texts().device;
  switch (device?.webgpu) {
    case undefined:
      return words.unknown;
    case 'available':
      return words.available;
    case 'software-only':
      return words.softwareOnly;
    case 'no-adapter':
      return words.noAdapter;
    case 'missing':
      return words.missing;
    case 'insecure-context':
      return words.insecureContext;
  }
}

export function noteText(note: Note, catalog: readonly ModelEntry[]): string {
  const words = texts().note;
  switch (note.kind) {
    case 'same-model-again':
      return words.sameModelAgain(errorText(note.error).cause, modelName(note.modelId, catalog));
    case 'stepped-down':
      return words.steppedDown(
        modelName(note.to, catalog),
        modelName(note.from, catalog),
        errorText(note.error).cause,
      );
    case 'smaller-context':
      return words.smallerContext(
        errorText(note.error).cause,
        modelName(note.modelId, catalog),
        formatNumber(note.contextWindow),
      );
    case 'trimmed':
      return words.trimmed;
  }
}

/** A sentence about one field of a file that was refused. */
export function problemText({ field, code, asked }: Problem): string {
  const { conversations, problem } = texts();
  return `${field || conversations.theFile} ${problem[code](formatChoices(asked))}.`;
}
