/** What a conversation asks of the engine, its bounds, and named sets of it. */
import * as v from 'valibot';
import { code } from './problems';

/** A field that is left out takes the default's value, then the model's own. */
export interface ConversationSettings {
  systemPrompt?: string;
  temperature?: number;
  topP?: number;
  /** Tokens, of one answer. */
  maxTokens?: number;
  repetitionPenalty?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
  /** Tokens. */
  contextWindow?: number;
}

export type NumericSetting = Exclude<SettingName, 'systemPrompt'>;

export interface Bounds {
  min: number;
  max: number;
  step: number;
}

/**
 * What both engines take. Sources: WebLLM's checks of a request (top-p above 0 to 1, frequency and
 * presence penalty -2 to 2, repetition penalty above 0, `postInitAndCheckGenerationConfigValues`);
 * 2 is the highest temperature of OpenAI's API, whose request format WebLLM follows; a seed fits
 * llama.cpp's 32 bits.
 */
export const SETTING_BOUNDS: Readonly<Record<NumericSetting, Bounds>> = {
  temperature: { min: 0, max: 2, step: 0.1 },
  topP: { min: 0.01, max: 1, step: 0.01 },
  maxTokens: { min: 1, max: 32_768, step: 1 },
  repetitionPenalty: { min: 0.5, max: 2, step: 0.05 },
  frequencyPenalty: { min: -2, max: 2, step: 0.1 },
  presencePenalty: { min: -2, max: 2, step: 0.1 },
  seed: { min: 0, max: 2 ** 31 - 1, step: 1 },
  contextWindow: { min: 256, max: 131_072, step: 256 },
};

/** Characters. */
export const LONGEST_SYSTEM_PROMPT = 32_768;
export const LONGEST_NAME = 200;

const bounded = ({ min, max }: Bounds) =>
  v.pipe(
    v.number(code('not-a-number')),
    v.minValue(min, code('below')),
    v.maxValue(max, code('above')),
  );
const whole = (bounds: Bounds) => v.pipe(bounded(bounds), v.integer(code('not-whole')));

const B = SETTING_BOUNDS;

export const settingsSchema = v.strictObject({
  systemPrompt: v.exactOptional(
    v.pipe(v.string(code('not-text')), v.maxLength(LONGEST_SYSTEM_PROMPT, code('too-long'))),
  ),
  temperature: v.exactOptional(bounded(B.temperature)),
  topP: v.exactOptional(bounded(B.topP)),
  maxTokens: v.exactOptional(whole(B.maxTokens)),
  repetitionPenalty: v.exactOptional(bounded(B.repetitionPenalty)),
  frequencyPenalty: v.exactOptional(bounded(B.frequencyPenalty)),
  presencePenalty: v.exactOptional(bounded(B.presencePenalty)),
  seed: v.exactOptional(whole(B.seed)),
  contextWindow: v.exactOptional(whole(B.contextWindow)),
});

export type SettingName = keyof ConversationSettings;

/** @returns the fields that are out of bounds. */
export function wrongSettings(settings: ConversationSettings): SettingName[] {
  const { issues = [] } = v.safeParse(settingsSchema, settings);
  return issues.map((issue) => v.getDotPath(issue) as SettingName);
}

/** A change of some fields; undefined takes a field back to the default. */
export type SettingsChange = {
  [Field in keyof ConversationSettings]?: ConversationSettings[Field] | undefined;
};

export function changedSettings(
  settings: ConversationSettings,
  change: SettingsChange,
): ConversationSettings {
  const entries = Object.entries({ ...settings, ...change });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

export interface Preset {
  id: string;
  name: string;
  /** Comes with the application: it can be neither changed nor deleted. */
  builtIn: boolean;
  settings: ConversationSettings;
  updatedAt: number;
}

const builtIn = (id: string, name: string, settings: ConversationSettings): Preset => ({
  id,
  name,
  builtIn: true,
  settings,
  updatedAt: 0,
});

export const BUILT_IN_PRESETS: readonly Preset[] = [
  builtIn('precise', 'Precise', { temperature: 0, topP: 1 }),
  builtIn('balanced', 'Balanced', { temperature: 0.6, topP: 0.9 }),
  builtIn('creative', 'Creative', { temperature: 1, topP: 0.95, presencePenalty: 0.4 }),
  builtIn('brief', 'Brief', {
    temperature: 0.3,
    maxTokens: 200,
    systemPrompt: 'Answer in at most three short sentences. Leave out introductions.',
  }),
  builtIn('tutor', 'Patient tutor', {
    temperature: 0.5,
    systemPrompt:
      'You are a patient tutor. Explain step by step in plain words, give one small example, and end with one question that checks understanding.',
  }),
  builtIn('editor', 'Copy editor', {
    temperature: 0.2,
    systemPrompt:
      'You are a copy editor. Correct spelling, grammar and style of the text you are given, keep its meaning, tone and language, and answer with the corrected text only.',
  }),
  builtIn('programmer', 'Programmer', {
    temperature: 0.1,
    topP: 0.95,
    systemPrompt:
      'You are an experienced programmer. Answer with correct, complete code in fenced blocks that name the language, and explain only what is not obvious.',
  }),
];
