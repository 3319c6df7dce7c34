/** What the visitor chose differently from the operator's settings; kept in this browser. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { scoped } from '../app-scope';
import type { UpgradePolicy } from './ladder';
import { browserStorage } from './visits';

export interface EnginePreferences {
  /** The model a visit starts with. */
  default_model?: string;
  /** The largest model to climb to: its id. */
  ceiling?: string;
  upgrade?: UpgradePolicy;
}

const KEY = scoped('webllm-chat/preferences');
const POLICIES: UpgradePolicy[] = ['automatic', 'offered', 'off'];

export class Preferences {
  readonly state: StoreApi<EnginePreferences>;

  constructor(private readonly storage: Storage | undefined = browserStorage()) {
    this.state = createStore(() => read(storage));
  }

  /** A value of undefined goes back to the operator's setting. */
  set(change: { [Key in keyof EnginePreferences]?: EnginePreferences[Key] | undefined }): void {
    const next = { ...this.state.getState(), ...change };
    for (const key of Object.keys(next) as (keyof EnginePreferences)[]) {
      if (next[key] === undefined) delete next[key];
    }
    this.state.setState(next as EnginePreferences, true);
    try {
      this.storage?.setItem(KEY, JSON.stringify(next));
    } catch {
      // Full storage: the choice holds for this visit.
    }
  }
}

/** Anything may stand in the browser's storage; what is not a preference is left out. */
function read(storage: Storage | undefined): EnginePreferences {
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(storage?.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
  const { default_model, ceiling, upgrade } = value;
  return {
    ...(typeof default_model === 'string' ? { default_model } : {}),
    ...(typeof ceiling === 'string' ? { ceiling } : {}),
    ...(POLICIES.includes(upgrade as UpgradePolicy) ? { upgrade: upgrade as UpgradePolicy } : {}),
  };
}
