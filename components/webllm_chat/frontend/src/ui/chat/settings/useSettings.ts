import { useStore } from 'zustand';
import type {
  ConversationSettings,
  Preset,
  SettingName,
  SettingsChange,
} from '../../../conversation/settings';
import { useServices } from '../../services';

/** Settings as a form shows and changes them. */
export interface EditedSettings {
  settings: ConversationSettings;
  /** What a field that is left out takes. */
  inherited: ConversationSettings;
  presetId: string | null;
  presets: readonly Preset[];
  change: (change: SettingsChange) => SettingName[];
  takePreset: (preset: Preset) => void;
  /** Keeps these settings under a name. */
  saveAsPreset: (name: string) => void;
  deletePreset: (id: string) => void;
}

const NONE: ConversationSettings = {};

export function useOpenSettings(): EditedSettings {
  const { conversation } = useServices();
  const settings = useStore(conversation.state, (state) => state.settings);
  const inherited = useStore(conversation.state, (state) => state.defaults);
  const presetId = useStore(conversation.state, (state) => state.presetId);
  return {
    settings,
    inherited,
    presetId,
    ...usePresets(settings),
    change: (change) => conversation.setSettings(change),
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of the store, no hook
    takePreset: ({ id }) => conversation.usePreset(id),
  };
}

export function useDefaultSettings(): EditedSettings {
  const { conversation } = useServices();
  const settings = useStore(conversation.state, (state) => state.defaults);
  const change = (changed: SettingsChange) => conversation.preferences.setDefaults(changed);
  return {
    settings,
    inherited: NONE,
    presetId: null,
    ...usePresets(settings),
    change,
    takePreset: (preset) => change({ ...cleared(settings), ...preset.settings }),
  };
}

function usePresets(settings: ConversationSettings) {
  const { conversation } = useServices();
  const presets = useStore(conversation.state, (state) => state.presets);
  return {
    presets,
    saveAsPreset: (name: string) => {
      conversation.preferences.savePreset(name, settings);
    },
    deletePreset: (id: string) => void conversation.preferences.deletePreset(id),
  };
}

/** A change that takes every field back. */
export function cleared(settings: ConversationSettings): SettingsChange {
  return Object.fromEntries(Object.keys(settings).map((field) => [field, undefined]));
}
