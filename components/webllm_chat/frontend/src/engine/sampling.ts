/** With what values an answer is sampled: what the visitor set, else what suits the model. */
import type { GenerateRequest } from './backend';

/** What a conversation sets for itself; what it leaves out is the model's default. */
export interface TurnOptions {
  systemPrompt?: string;
  temperature?: number;
  topP?: number;
  /** Tokens. */
  maxTokens?: number;
  repetitionPenalty?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
  /** Tokens. A longer one than the loaded model's needs it to be loaded anew. */
  contextWindow?: number;
}

type Sampling = Omit<GenerateRequest, 'messages'>;

/** Temperature and top-p as SmolLM2's model card recommends for its instruct models. */
const USUAL = { temperature: 0.2, topP: 0.9, repetitionPenalty: 1 };

/** The smallest models lose the thread at any temperature: SmolLM2-135M answered 'la France, la
 * France, …' in 6 of 12 tries with the values above, and right in every try without chance. */
const GREEDY = { temperature: 0, topP: 1, repetitionPenalty: 1 };
const SMALLEST_PARAMETERS = 200e6;

export const SYSTEM_PROMPT = 'You are a helpful assistant.';

/** @param parameters - of the model; null where the catalog does not tell. */
export function samplingFor(
  parameters: number | null,
  defaults: { maxTokens: number },
  { systemPrompt: _, contextWindow: __, ...chosen }: TurnOptions,
): Sampling {
  const base = (parameters ?? Number.POSITIVE_INFINITY) < SMALLEST_PARAMETERS ? GREEDY : USUAL;
  return { ...defaults, ...base, ...chosen };
}
