import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eachWithItsOwnStorage } from '../../test/browser-storage';
import { show, someServices } from '../../test/services';
import { ChatInterface } from './ChatInterface';

eachWithItsOwnStorage();
beforeEach(() => {
  // jsdom has none, and the list of messages measures itself.
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('ChatInterface, closed', () => {
  it('shows nothing that anyone said, and takes no text', async () => {
    const services = someServices();
    await services.conversation.setUser(null);
    services.conversation.addTurn('What the last guest asked');
    // Open, it is there to be seen.
    show(<ChatInterface locked={false} />, services);
    expect(screen.getByText('What the last guest asked')).not.toBeNull();
    cleanup();
    show(<ChatInterface locked />, services);
    const notices = screen.queryAllByTestId('notice').map(({ dataset }) => dataset.kind);
    expect(notices).toContain('locked');
    expect(screen.queryByText('What the last guest asked')).toBeNull();
    expect(screen.queryByTestId('composer')).toBeNull();
  });
});
