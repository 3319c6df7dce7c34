import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eachWithItsOwnStorage } from '../../../test/browser-storage';
import { show, someServices } from '../../../test/services';
import type { Services } from '../../services';
import { BringGuestChats } from './BringGuestChats';

let services: Services;

eachWithItsOwnStorage();
beforeEach(() => {
  services = someServices();
});
afterEach(cleanup);

async function asGuest(...questions: string[]): Promise<void> {
  const { conversation } = services;
  await conversation.setUser(null);
  for (const question of questions) {
    conversation.openNew();
    conversation.addTurn(question);
  }
  await conversation.flush();
}

const offer = () => screen.queryByTestId('notice');
const titles = () => services.conversation.state.getState().conversations.map(({ title }) => title);

describe('BringGuestChats', () => {
  it('asks nothing of a guest, nor where there is nothing to bring', async () => {
    await asGuest();
    show(<BringGuestChats />, services);
    expect(offer()).toBeNull();
    await services.conversation.setUser('ada');
    expect(offer()).toBeNull();
  });

  it('says only how much there is, and moves it on request', async () => {
    await asGuest('About the sea', 'About the moon');
    show(<BringGuestChats />, services);
    await services.conversation.setUser('ada');
    expect((await screen.findByTestId('notice')).textContent).toContain('2 conversations');
    expect(offer()?.textContent).not.toContain('sea');
    expect(titles()).toEqual([]);
    fireEvent.click(screen.getByText('Move to mine'));
    await waitFor(() => expect(offer()).toBeNull());
    expect(titles().sort()).toEqual(['About the moon', 'About the sea']);
    await services.conversation.setUser(null);
    expect(titles()).toEqual([]);
  });

  it('leaves them where they are, and asks again only when their number has changed', async () => {
    await asGuest('About the sea');
    show(<BringGuestChats />, services);
    await services.conversation.setUser('ada');
    fireEvent.click(await screen.findByText('Leave there'));
    expect(offer()).toBeNull();
    await services.conversation.setUser('grace');
    expect(await screen.findByTestId('notice')).not.toBeNull();
    await services.conversation.setUser('ada');
    expect(offer()).toBeNull();
    await asGuest('About the moon');
    await services.conversation.setUser('ada');
    expect(await screen.findByTestId('notice')).not.toBeNull();
  });

  it('says when they could not be moved, and offers it again', async () => {
    await asGuest('About the sea');
    show(<BringGuestChats />, services);
    await services.conversation.setUser('ada');
    vi.spyOn(services.conversation.transfer, 'bringGuestAlong').mockResolvedValueOnce(null);
    fireEvent.click(await screen.findByText('Move to mine'));
    expect(await screen.findByText(/did not work/)).not.toBeNull();
    fireEvent.click(screen.getByText('Move to mine'));
    await waitFor(() => expect(offer()).toBeNull());
    expect(titles()).toEqual(['About the sea']);
  });
});
