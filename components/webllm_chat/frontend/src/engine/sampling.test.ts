import { describe, expect, it } from 'vitest';
import { anEntry, someSettings } from '../test/fixtures';
import { decide, type TurnOptions } from './sampling';

const FAMILY = {
  temperature: 0.7,
  top_p: 0.8,
  repetition_penalty: 1.1,
  system_prompt: 'Of the family.',
};
const OPERATOR = someSettings({ max_tokens: 512 });

/** By the request's name of a setting: the record's name of it, and what the family says. */
const SETTINGS = [
  ['temperature', 'temperature', 0.7],
  ['topP', 'top_p', 0.8],
  ['repetitionPenalty', 'repetition_penalty', 1.1],
  ['frequencyPenalty', 'frequency_penalty', undefined],
  ['presencePenalty', 'presence_penalty', undefined],
] as const;

describe.each(SETTINGS)('%s', (name, inRecord, ofFamily) => {
  const decided = (chosen: TurnOptions, overrides: Record<string, unknown>, family = true) =>
    decide(chosen, OPERATOR, anEntry({ overrides, sampling: family ? FAMILY : null })).sampling;

  it.each([0, 0.5])('is %s where the visitor says so', (value) => {
    expect(decided({ [name]: value }, { [inRecord]: 0.3 })[name]).toBe(value);
  });

  it.each([0, 0.3])('is %s where only the record says so', (value) => {
    expect(decided({}, { [inRecord]: value })[name]).toBe(value);
  });

  it('is what the family was published with where neither says anything', () => {
    expect(decided({}, {})[name]).toBe(ofFamily);
  });

  it("is left to the model's own configuration where nobody says anything", () => {
    expect(decided({}, {}, false)).not.toHaveProperty(name);
  });
});

describe('the system prompt', () => {
  const decided = (chosen: TurnOptions, operators: string | null, family = true) =>
    decide(
      chosen,
      someSettings({ system_prompt: operators }),
      anEntry({ sampling: family ? FAMILY : null }),
    ).systemPrompt;

  it("is the visitor's, then the operator's, then the family's, then the model's own", () => {
    expect(decided({ systemPrompt: 'Mine.' }, 'Theirs.')).toBe('Mine.');
    expect(decided({}, 'Theirs.')).toBe('Theirs.');
    expect(decided({}, null)).toBe('Of the family.');
    expect(decided({}, null, false)).toBeUndefined();
  });
});

it('takes the limit of an answer and the seed from the visitor', () => {
  expect(decide({ maxTokens: 9, seed: 0 }, OPERATOR, undefined).sampling).toEqual({
    maxTokens: 9,
    seed: 0,
  });
  expect(decide({}, OPERATOR, undefined).sampling).toEqual({ maxTokens: 512 });
});
