import { describe, expect, it, vi } from 'vitest';
import { watchPageLinks } from './page-links';

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
