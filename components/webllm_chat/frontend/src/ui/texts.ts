/** The words of the interface that depend on what happened. */
import type { Choice, DeviceReport, ModelEntry } from '../bridge/protocol';
import { errorKind } from '../engine/errors';
import type { MachineState, Note } from '../engine/machine';

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function modelName(modelId: string, catalog: ModelEntry[]): string {
  return catalog.find(({ model_id }) => model_id === modelId)?.name ?? modelId;
}

export function phaseText(state: MachineState): string {
  const { phase, progress } = state;
  switch (phase) {
    case 'starting':
      return 'Not loaded yet';
    case 'probing':
      return 'Looking at what this browser can do';
    case 'downloading':
      return progress?.onServer
        ? 'The app’s server is fetching the model'
        : 'Downloading the model';
    case 'loading':
      return progress?.stage === 'compile' ? 'Preparing the GPU’s programs' : 'Starting the model';
    case 'recovering':
      return 'Recovering';
    case 'ready':
      return 'Ready';
    case 'generating':
      return 'Answering';
    case 'failed':
      return 'Stopped';
  }
}

/** What comes after the present step, so that waiting has an end. */
export function nextText(state: MachineState): string {
  if (state.phase === 'downloading') return 'Next: starting the model, a few seconds.';
  if (state.phase === 'loading') return 'Next: you can chat.';
  if (state.phase === 'probing') return 'Next: choosing and downloading a model.';
  return '';
}

export function choiceText(choice: Choice, device: DeviceReport | null): string {
  switch (choice) {
    case 'default':
      return 'It runs on your GPU.';
    case 'f32-sibling':
      return 'It runs on your GPU. This GPU has no 16-bit arithmetic (shader-f16), so the 32-bit build was chosen.';
    case 'cpu-forced':
      return 'It runs on your CPU, as this app’s settings say.';
    case 'no-gpu':
      return `It runs on your CPU. ${deviceText(device)}`;
    case 'hub-unreachable':
      return 'It runs on your CPU: the server that holds the GPU’s models cannot be reached, so the model this app brings along answers.';
    case 'cached':
      return 'It is the best model that is already in this browser.';
    case 'after-crash':
      return 'The tab ended while a larger model was loading on the last visit, so a smaller one was chosen.';
    case 'visitor':
      return 'You chose this model.';
    case 'unknown-model':
      return 'It runs on your CPU: the model named in this app’s settings (default_model) is not in its catalog.';
  }
}

export function deviceText(device: DeviceReport | null): string {
  switch (device?.webgpu) {
    case undefined:
      return 'The browser has not been looked at yet.';
    case 'available':
      return 'WebGPU works here.';
    case 'software-only':
      return 'WebGPU works only in software here, which is slower than the CPU.';
    case 'no-adapter':
      return 'The browser offers no GPU to WebGPU.';
    case 'missing':
      return 'This browser has no WebGPU.';
    case 'insecure-context':
      return 'This page is not opened over HTTPS, so the browser keeps WebGPU and its model storage closed. Over HTTPS the GPU could answer, several times faster, and the model would stay here for your next visit.';
  }
}

export function noteText(note: Note, catalog: ModelEntry[]): string {
  switch (note.kind) {
    case 'same-model-again':
      return `${errorKind(note.error).cause} ${modelName(note.modelId, catalog)} was started again.`;
    case 'stepped-down':
      return `${modelName(note.to, catalog)} answered instead of ${modelName(note.from, catalog)}. ${errorKind(note.error).cause}`;
    case 'trimmed':
      return 'The conversation is longer than the model can read, so its oldest turns were left out.';
  }
}
