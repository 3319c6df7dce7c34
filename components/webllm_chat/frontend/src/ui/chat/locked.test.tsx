import { cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { eachWithItsOwnStorage } from '../../test/browser-storage';
import { show, someServices } from '../../test/services';
import { ChatInterface } from './ChatInterface';

eachWithItsOwnStorage();
afterEach(cleanup);

describe('ChatInterface, closed', () => {
  it('shows nothing that anyone said, and takes no text', async () => {
    const services = someServices();
    await services.conversation.setUser(null);
    services.conversation.addTurn('What the last guest asked');
    show(<ChatInterface locked />, services);
    const notices = screen.queryAllByTestId('notice').map(({ dataset }) => dataset.kind);
    expect(notices).toContain('locked');
    expect(screen.queryByText('What the last guest asked')).toBeNull();
    expect(screen.queryByTestId('composer')).toBeNull();
  });
});
