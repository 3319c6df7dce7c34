import { expect, it } from 'vitest';
import { show, someServices } from '../../test/services';
import { EnginePlacement } from './EnginePlacement';

function shown(
  placement: Parameters<ReturnType<typeof someServices>['engine']['placement']['setState']>[0],
) {
  const services = someServices();
  services.engine.placement.setState(placement, true);
  return show(<EnginePlacement />, services).container;
}

it('says nothing before there is an engine', () => {
  expect(shown(null).textContent).toBe('');
});

it('says where the model runs', () => {
  expect(shown({ host: 'service-worker', fallback: null }).textContent).toContain(
    'In a service worker. It outlives a reload',
  );
});

it('says why it does not run where it should', () => {
  const detail = 'SecurityError: storage is denied';
  const fallback = { wanted: 'service-worker', reason: 'registration', detail } as const;
  const text = shown({ host: 'dedicated', fallback }).textContent;
  expect(text).toContain(
    'In a worker of this page, because a service worker could not be used: the browser refused to install it.',
  );
  expect(text).toContain(detail);
});
