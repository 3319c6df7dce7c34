import { describe, expect, it } from 'vitest';
import { Meter } from './meter';

describe('Meter', () => {
  it('counts nothing before anything is sent', () => {
    expect(new Meter().state.getState()).toEqual({
      values: 0,
      bytes: 0,
      conversationBytes: 0,
      last: null,
    });
  });

  it('counts what is sent, and of it what is conversation, in bytes of UTF-8', () => {
    const meter = new Meter();
    meter.count({ phase: 'ready' });
    expect(meter.state.getState()).toMatchObject({ values: 1, bytes: 17, conversationBytes: 0 });
    meter.count({ text: 'Grüße' }, ['Grüße']);
    expect(meter.state.getState()).toMatchObject({ values: 2, conversationBytes: 7 });
    expect(meter.state.getState().last).toContain('Grüße');
  });
});
