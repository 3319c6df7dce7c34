/** A person's default settings and presets. */
import { nanoid } from 'nanoid';
import type { StoreApi } from 'zustand/vanilla';
import type { Person } from './person';
import {
  BUILT_IN_PRESETS,
  type ConversationSettings,
  changedSettings,
  LONGEST_NAME,
  type Preset,
  type SettingName,
  type SettingsChange,
  wrongSettings,
} from './settings';
import type { ConversationState } from './state';
import { now } from './types';

export class Preferences<Note> {
  constructor(
    private readonly state: StoreApi<ConversationState<Note>>,
    private readonly person: () => Person<Note>,
  ) {}

  async load(): Promise<void> {
    const person = this.person();
    const [defaults, own] = await Promise.all([person.defaults(), person.presets()]);
    if (person !== this.person()) return;
    own.sort((a, b) => a.name.localeCompare(b.name));
    this.state.setState({
      defaults: defaults?.settings ?? {},
      presets: [...BUILT_IN_PRESETS, ...own],
    });
  }

  /** @returns what is out of bounds, by field; then nothing was changed. */
  setDefaults(change: SettingsChange): SettingName[] {
    const settings = changedSettings(this.state.getState().defaults, change);
    const wrong = wrongSettings(settings);
    if (wrong.length > 0) return wrong;
    this.state.setState({ defaults: settings });
    const row = { key: 'defaults' as const, settings, updatedAt: now() };
    this.person().set('defaults', 'defaults', row, ['key', 'settings', 'updatedAt'], 0);
    return [];
  }

  /**
   * Keeps settings under a name of the person's own, in place of those that had that name.
   *
   * @returns null when the name is empty or the settings are out of bounds.
   */
  savePreset(name: string, settings: ConversationSettings): Preset | null {
    const clean = name.trim().slice(0, LONGEST_NAME);
    if (clean === '' || wrongSettings(settings).length > 0) return null;
    const own = this.state.getState().presets.filter(({ builtIn }) => !builtIn);
    const id = own.find((preset) => preset.name === clean)?.id ?? nanoid();
    const saved: Preset = { id, name: clean, builtIn: false, settings, updatedAt: now() };
    const all = [...own.filter((preset) => preset.id !== id), saved];
    all.sort((a, b) => a.name.localeCompare(b.name));
    this.state.setState({ presets: [...BUILT_IN_PRESETS, ...all] });
    const fields = ['id', 'name', 'builtIn', 'settings', 'updatedAt'] as const;
    this.person().set('presets', id, saved, fields, 0);
    return saved;
  }

  async deletePreset(id: string): Promise<void> {
    const { presets } = this.state.getState();
    if (!presets.some((preset) => preset.id === id && !preset.builtIn)) return;
    this.state.setState({ presets: presets.filter((preset) => preset.id !== id) });
    await this.person().delete('presets', id);
  }
}
