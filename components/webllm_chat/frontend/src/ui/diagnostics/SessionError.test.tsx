import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CPU_RUNG, F16_RUNG, F32_RUNG } from '../../test/fixtures';
import { show, someServices } from '../../test/services';
import { SessionError } from './SessionError';

const OUT_OF_MEMORY = {
  rungs: [F16_RUNG, F32_RUNG, CPU_RUNG],
  rung: 0,
  phase: 'failed',
  error: { kind: 'out-of-memory', detail: 'Out of memory' },
} as const;

afterEach(cleanup);

describe('what went wrong', () => {
  it('is not there while nothing went wrong', () => {
    const { container } = show(<SessionError />, someServices());
    expect(container.textContent).toBe('');
  });

  it('comes with its remedy and the buttons that apply', () => {
    const services = someServices({ ...OUT_OF_MEMORY, rungs: [...OUT_OF_MEMORY.rungs] });
    const smaller = vi.spyOn(services.engine, 'smallerModel').mockReturnValue();
    const context = vi.spyOn(services.engine, 'smallerContext').mockReturnValue();
    const reset = vi.spyOn(services.engine, 'reset').mockReturnValue();
    show(<SessionError />, services);
    expect(screen.getByTestId('session-error').dataset.kind).toBe('out-of-memory');
    expect(screen.getByText(/Choose a smaller model/)).toBeTruthy();
    expect(screen.queryByTestId('clear-cache')).toBeNull();
    for (const id of ['smaller-model', 'smaller-context', 'reset-gpu']) {
      screen.getByTestId(id).click();
    }
    for (const called of [smaller, context, reset]) expect(called).toHaveBeenCalledOnce();
  });

  it('offers no smaller model below the smallest', () => {
    const error = { kind: 'worker-crashed', detail: '' };
    show(<SessionError />, someServices({ rungs: [CPU_RUNG], rung: 0, phase: 'failed', error }));
    expect(screen.queryByTestId('smaller-model')).toBeNull();
    expect(screen.getByTestId('reset-gpu')).toBeTruthy();
  });

  it('can empty what is full, and asks before', () => {
    const error = { kind: 'storage-quota', detail: '' };
    const services = someServices({ error, phase: 'failed' });
    const deleteAll = vi.spyOn(services.engine.library, 'deleteAll').mockResolvedValue();
    show(<SessionError />, services);
    const button = screen.getByTestId('clear-cache');
    fireEvent.click(button);
    expect(button.textContent).toMatch(/Delete them all\?/);
    expect(deleteAll).not.toHaveBeenCalled();
    fireEvent.click(button);
    expect(deleteAll).toHaveBeenCalledOnce();
  });

  it('still says what another model answered for', () => {
    const failures = [{ modelId: F16_RUNG.modelId, kind: 'device-lost' }];
    show(<SessionError />, someServices({ failures, rungs: [F16_RUNG, CPU_RUNG], rung: 1 }));
    expect(screen.getByTestId('session-error').dataset.kind).toBe('device-lost');
    expect(screen.getByText(/It happened to Small/)).toBeTruthy();
  });
});
