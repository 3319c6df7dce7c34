import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { show, someServices } from '../test/services';
import { Notices } from './Notices';
import { texts } from './texts';

afterEach(cleanup);

const missing = () => screen.queryByTestId('notice');

it('tells that the models on offer are missing where nothing was started, and tries again', async () => {
  const services = someServices({ phase: 'starting' });
  services.offer.state.setState({ entries: [], status: 'failed' });
  const ready = vi.spyOn(services.offer, 'ready').mockImplementation(async () => {
    services.offer.state.setState({ status: 'here' });
  });
  show(<Notices />, services);
  expect(missing()?.dataset.kind).toBe('catalog-unavailable');
  fireEvent.click(screen.getByRole('button', { name: texts().engine.tryAgain }));
  expect(ready).toHaveBeenCalled();
  await vi.waitFor(() => expect(missing()).toBeNull());
});

it('offers to try again, and no reset of a GPU, where the start has failed for it', () => {
  const error = { kind: 'catalog-unavailable', detail: 'CatalogUnavailableError' };
  const services = someServices({ phase: 'failed', error });
  const reset = vi.spyOn(services.engine, 'reset').mockImplementation(() => {});
  show(<Notices />, services);
  fireEvent.click(screen.getByRole('button', { name: texts().engine.tryAgain }));
  expect(reset).toHaveBeenCalled();
});
