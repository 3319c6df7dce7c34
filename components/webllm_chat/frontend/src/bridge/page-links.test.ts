import { describe, expect, it, vi } from 'vitest';
import { HOLD_MS, holdingWhileLeaving, watchPageLinks } from '../../../../shared/page-links';

describe('watchPageLinks', () => {
  it('tells of a click before the page has heard of it, and of Back', () => {
    const heard: string[] = [];
    const link = document.body.appendChild(document.createElement('a'));
    link.addEventListener('click', () => heard.push('page'));
    watchPageLinks(window, () => heard.push('component'));
    link.click();
    expect(heard).toEqual(['component', 'page']);
    window.dispatchEvent(new PopStateEvent('popstate'));
    expect(heard).toEqual(['component', 'page', 'component']);
  });

  it('leaves nothing behind in the page when its frame goes', () => {
    const onLeaving = vi.fn();
    watchPageLinks(window, onLeaving);
    window.dispatchEvent(new Event('pagehide'));
    document.body.click();
    expect(onLeaving).not.toHaveBeenCalled();
  });
});

it('lets a click ahead of what there is to say, and then says the latest', () => {
  vi.useFakeTimers();
  const sent: number[] = [];
  const say = holdingWhileLeaving<number>(window, (value) => sent.push(value));
  say(1);
  expect(sent).toEqual([1]);
  document.body.click();
  say(2);
  say(3);
  vi.advanceTimersByTime(HOLD_MS - 1);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(2);
  expect(sent).toEqual([1, 3]);
  say(4);
  expect(sent).toEqual([1, 3, 4]);
  vi.useRealTimers();
});
