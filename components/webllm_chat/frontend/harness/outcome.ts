import { classify, type EngineError } from '../src/engine/errors';

/** What a call came to: a value, or an error as the app's table of kinds names it. */
export type Outcome<T> = { value: T } | { error: EngineError };

export async function outcome<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise };
  } catch (thrown) {
    return { error: classify(thrown) };
  }
}
