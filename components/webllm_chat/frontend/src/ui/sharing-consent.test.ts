import { beforeEach, describe, expect, it } from 'vitest';
import { SharingConsent } from './sharing-consent';

beforeEach(() => localStorage.clear());

describe('SharingConsent', () => {
  it('is not given until it is', () => {
    const consent = new SharingConsent('/');
    expect(consent.isGiven(null)).toBe(false);
    consent.answer(null, 'yes');
    expect(consent.isGiven(null)).toBe(true);
    consent.answer(null, 'no');
    expect(consent.isGiven(null)).toBe(false);
  });

  it('is remembered for each person and app alone', () => {
    new SharingConsent('/').answer('ada', 'yes');
    new SharingConsent('/other/').answer('grace', 'yes');
    const again = new SharingConsent('/');
    expect(again.isGiven('ada')).toBe(true);
    expect(again.isGiven('grace')).toBe(false);
    expect(again.isGiven(null)).toBe(false);
    expect(new SharingConsent('/other/').isGiven('ada')).toBe(false);
  });

  it('is not given for someone who is not known yet', () => {
    const consent = new SharingConsent('/');
    consent.answer(null, 'yes');
    expect(consent.isGiven(undefined)).toBe(false);
  });

  it.each(['', '[', 'null', '7', '{"/":7}', '{"/":{"":true}}'])('reads %o as no answer', (text) => {
    localStorage.setItem('webllm-chat.sharing', text);
    expect(new SharingConsent('/').isGiven(null)).toBe(false);
  });
});
