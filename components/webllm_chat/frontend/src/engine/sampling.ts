/** With what values an answer is sampled, and what the model reads first. Decided here alone. */
import type { EngineSettings, ModelEntry } from '../bridge/protocol';
import type { GenerateRequest } from './backend';
import { defined } from './defined';

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

export interface Decided {
  /** Undefined: the model's own template decides. */
  systemPrompt: string | undefined;
  sampling: Omit<GenerateRequest, 'messages'>;
}

type Entry = Pick<ModelEntry, 'overrides' | 'sampling'>;
type Operator = Pick<EngineSettings, 'max_tokens' | 'system_prompt'>;

/**
 * The visitor's choice, then the record of the operator's model, then what the catalog says of the
 * model's family. What none of them says is left out: the engine takes the model's own
 * configuration for it.
 *
 * @param entry - undefined for a model that the catalog lacks.
 */
export function decide(chosen: TurnOptions, operator: Operator, entry: Entry | undefined): Decided {
  const record = (name: string) => {
    const value = entry?.overrides?.[name];
    return typeof value === 'number' ? value : undefined;
  };
  const family = entry?.sampling;
  const sampling = {
    temperature: chosen.temperature ?? record('temperature') ?? family?.temperature,
    topP: chosen.topP ?? record('top_p') ?? family?.top_p,
    repetitionPenalty:
      chosen.repetitionPenalty ?? record('repetition_penalty') ?? family?.repetition_penalty,
    frequencyPenalty: chosen.frequencyPenalty ?? record('frequency_penalty'),
    presencePenalty: chosen.presencePenalty ?? record('presence_penalty'),
    seed: chosen.seed,
  };
  return {
    systemPrompt:
      chosen.systemPrompt ?? operator.system_prompt ?? family?.system_prompt ?? undefined,
    sampling: { maxTokens: chosen.maxTokens ?? operator.max_tokens, ...defined(sampling) },
  };
}
