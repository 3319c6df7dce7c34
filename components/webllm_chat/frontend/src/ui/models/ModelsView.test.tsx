import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FilesState, unknownFiles } from '../../engine/library/state';
import type { MachineState } from '../../engine/machine';
import { aDevice, anEntry, F16, F32, renderArgs } from '../../test/fixtures';
import { show, someServices } from '../../test/services';
import { ModelsView } from './ModelsView';

afterEach(cleanup);

const NAMED = {
  ...F16,
  published_load_time: {
    first_s: [15, 30] as [number, number],
    cached_s: [60, 120] as [number, number],
  },
};
const OTHER = anEntry({ model_id: 'other-q4f32_1', name: 'Other', named: false, kernels: 'f32' });

function view(state: Partial<MachineState> = {}) {
  const services = someServices({ device: aDevice(), ...state });
  const args = renderArgs({ view: 'models' });
  const { engine } = services;
  engine.library.configure = () => {};
  engine.configure({
    settings: args.settings,
    catalog: [NAMED, F32, OTHER],
    embedded: null,
    appAddress: 'https://app.example/',
  });
  services.args.setState({ current: args });
  services.offer.state.setState({ entries: [NAMED, F32, OTHER] });
  show(<ModelsView />, services);
  const files = (modelId: string, fields: { state: FilesState; received?: number }) =>
    act(() =>
      engine.library.state.setState(({ files }) => ({
        files: {
          ...files,
          [modelId]: { ...unknownFiles(modelId, { value: 1000, estimate: false }), ...fields },
        },
      })),
    );
  return { services, engine, files };
}

const row = (modelId: string) =>
  screen
    .getAllByTestId('model')
    .find(({ dataset }) => dataset.modelId === modelId) as HTMLTableRowElement;
const button = (modelId: string, action: string) =>
  row(modelId).querySelector<HTMLButtonElement>(`[data-action="${action}"]`) as HTMLButtonElement;

describe('the models view', () => {
  it('has a row for every build, shown or not', () => {
    view();
    expect(screen.getAllByTestId('model')).toHaveLength(3);
    expect(row(NAMED.model_id).hidden).toBe(false);
    expect(row(F32.model_id).hidden).toBe(true);
    expect(row(OTHER.model_id).closest('tbody')?.hidden).toBe(true);
  });

  it('shows more builds and more models on request', () => {
    view();
    fireEvent.click(screen.getByRole('button', { name: '1 more build' }));
    expect(row(F32.model_id).hidden).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Show 1 more models' }));
    expect(row(OTHER.model_id).closest('tbody')?.hidden).toBe(false);
  });

  it('puts what was measured here beside what was published, and never makes a figure up', () => {
    const { engine } = view();
    const times = () =>
      within(row(NAMED.model_id))
        .getAllByTestId('load-time')
        .map(({ textContent }) => textContent);
    expect(times()).toEqual([
      'First visit: not measured here (published: 15–30 s)',
      'Cached: not measured here (published: 1–2 min)',
    ]);
    act(() => engine.visits.loaded(NAMED.model_id, 12.34, false));
    expect(times()[0]).toBe('First visit: 12.3 s (published: 15–30 s)');
    localStorage.clear();
  });

  it('says why a build does not fit', () => {
    view({ device: aDevice({ shader_f16: false }) });
    expect(row(NAMED.model_id).dataset.state).toBe('does-not-fit');
    expect(row(NAMED.model_id).textContent).toContain('no 16-bit arithmetic');
    expect(row(F32.model_id).hidden).toBe(false); // It is the one suggested now.
  });

  it('follows a download, and draws no other row for it', () => {
    const { files } = view();
    const otherRow = row(F32.model_id);
    const before = otherRow.innerHTML;
    files(NAMED.model_id, { state: 'downloading', received: 376 });
    expect(row(NAMED.model_id).dataset).toMatchObject({ state: 'downloading', percent: '37' });
    expect(within(row(NAMED.model_id)).getByRole('progressbar')).toHaveProperty(
      'ariaValueNow',
      '37',
    );
    files(NAMED.model_id, { state: 'downloading', received: 500 });
    expect(row(NAMED.model_id).dataset.percent).toBe('50');
    expect(row(F32.model_id)).toBe(otherRow);
    expect(otherRow.innerHTML).toBe(before);
  });

  it('deletes only after asking, and the safe answer has the focus', async () => {
    const { engine, files } = view();
    const remove = vi.spyOn(engine.library, 'delete').mockResolvedValue(['other-q4f32_1']);
    files(NAMED.model_id, { state: 'complete', received: 1000 });
    fireEvent.click(button(NAMED.model_id, 'delete'));
    expect(document.activeElement?.textContent).toBe('Keep');
    fireEvent.click(screen.getByRole('button', { name: 'Keep' }));
    expect(remove).not.toHaveBeenCalled();
    fireEvent.click(button(NAMED.model_id, 'delete'));
    fireEvent.click(within(row(NAMED.model_id)).getByRole('button', { name: 'Delete' }));
    expect(remove).toHaveBeenCalledWith(NAMED.model_id);
    await waitFor(() => expect(screen.getByTestId('model-notice').textContent).toContain('Other'));
  });

  it('deletes all only after asking', () => {
    const { engine, files } = view();
    const deleteAll = vi.spyOn(engine.library, 'deleteAll').mockResolvedValue();
    const all = () =>
      within(screen.getByTestId('storage')).getByRole('button', { name: 'Delete all' });
    expect(all()).toHaveProperty('disabled', true);
    files(NAMED.model_id, { state: 'complete', received: 1000 });
    fireEvent.click(all());
    expect(deleteAll).not.toHaveBeenCalled();
    expect(screen.getByText('Unload and delete 1 model? Conversations stay.')).toBeTruthy();
    fireEvent.click(all());
    expect(deleteAll).toHaveBeenCalled();
  });

  it('tells of storage what the browser tells', () => {
    const { engine } = view();
    const storage = { usage: 2e9, quota: 10e9, persisted: false, durable: true };
    act(() => engine.library.state.setState({ storage }));
    expect(screen.getByTestId('storage').dataset).toMatchObject({
      usage: '2000000000',
      quota: '10000000000',
      persisted: 'false',
    });
    expect(screen.getByText(/2\.0 GB of 10\.0 GB used/)).toBeTruthy();
    expect(screen.getByText(/may clear it by itself/)).toBeTruthy();
    act(() => engine.library.state.setState({ storage: { ...storage, persisted: true } }));
    expect(screen.getByText(/keeps it until you delete it/)).toBeTruthy();
  });

  it('filters by words, and says how many builds are left', () => {
    view();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'other' } });
    expect(screen.getAllByTestId('model')).toHaveLength(1);
    expect(screen.getByText('1 of 3 builds')).toBeTruthy();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
    expect(screen.getByText(/No model matches/)).toBeTruthy();
  });
});
