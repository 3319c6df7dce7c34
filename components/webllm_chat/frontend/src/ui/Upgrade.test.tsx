import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Background } from '../engine/machine';
import { BETTER_RUNG, F16_RUNG } from '../test/fixtures';
import { show, someServices } from '../test/services';
import { texts } from './texts';
import { timeLeft, Upgrade } from './Upgrade';

afterEach(cleanup);

function shown(fields: Partial<Background>) {
  const background: Background = {
    rung: BETTER_RUNG,
    stage: 'downloading',
    epoch: 2,
    progress: null,
    accepted: false,
    error: null,
    ...fields,
  };
  const services = someServices({
    phase: 'ready',
    rungs: [BETTER_RUNG, F16_RUNG],
    rung: 1,
    background,
  });
  const accept = vi.spyOn(services.engine, 'acceptUpgrade').mockImplementation(() => {});
  const decline = vi.spyOn(services.engine, 'declineUpgrade').mockImplementation(() => {});
  show(<Upgrade />, services);
  return { services, accept, decline };
}

const text = () => screen.getByTestId('upgrade').textContent;
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));

describe('Upgrade', () => {
  it('says the size before a large download, and starts it on request only', () => {
    const { accept, decline } = shown({ stage: 'asking' });
    expect(text()).toContain('300 MB');
    press('Download');
    expect(accept).toHaveBeenCalledTimes(1);
    press('Not now');
    expect(decline).toHaveBeenCalledTimes(1);
  });

  it('shows how far the download is and how long it still takes', () => {
    shown({
      progress: {
        stage: 'download',
        fraction: 0.4,
        received: 150e6,
        total: 300e6,
        bytesPerS: 10e6,
      },
    });
    expect(text()).toContain('150 MB of 300 MB');
    expect(text()).toContain('15 s left');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
  });

  it('pauses the download, and says what is kept', () => {
    const { services } = shown({});
    const pause = vi.spyOn(services.engine.library, 'pause').mockResolvedValue();
    press('Pause');
    expect(pause).toHaveBeenCalledWith(BETTER_RUNG.modelId);
    cleanup();
    const progress = { stage: 'download', fraction: 0.4, received: 150e6, total: 300e6 } as const;
    const { accept } = shown({ stage: 'paused', progress });
    expect(text()).toContain('150 MB of 300 MB kept, resumes here');
    press('Resume');
    expect(accept).toHaveBeenCalledTimes(1);
  });

  it('offers a model that is ready, and one that has to be swapped in', () => {
    const { accept } = shown({ stage: 'ready' });
    press(/^Switch to/);
    expect(accept).toHaveBeenCalledTimes(1);
    cleanup();
    shown({ stage: 'downloaded' });
    expect(text()).toContain('takes a few seconds');
  });

  it('waits quietly with what was accepted until the answer has ended', () => {
    shown({ stage: 'ready', accepted: true });
    expect(screen.queryByRole('button')).toBeNull();
    expect(text()).toContain('when this answer has ended');
  });
});

describe('timeLeft', () => {
  it.each([
    [1, ' · 5 s left'],
    [12, ' · 15 s left'],
    [59, ' · 60 s left'],
    [61, ' · 2 min left'],
    [3600, ' · 60 min left'],
    [90_000, ''],
  ])('says of %i s at one byte a second: %s', (seconds, expected) => {
    const progress = { received: 0, total: seconds, bytesPerS: 1 };
    expect(timeLeft(progress, texts())).toBe(expected);
  });

  it('says nothing where the speed is not known', () => {
    expect(timeLeft({ received: 1, total: 2 }, texts())).toBe('');
  });
});
