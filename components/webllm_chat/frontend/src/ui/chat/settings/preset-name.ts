import type { Preset } from '../../../conversation/settings';
import { texts } from '../../texts';

/** A built-in preset by its name in the visitor's language, another by the name it was given. */
export function presetName({ id, name, builtIn }: Preset): string {
  const names: Record<string, string> = texts().settings.presets;
  return (builtIn ? names[id] : undefined) ?? name;
}
