import { Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { LONGEST_NAME, LONGEST_SYSTEM_PROMPT } from '../../../conversation/settings';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { IconButton } from '../controls/IconButton';
import { NumberField } from './NumberField';
import { presetName } from './preset-name';
import { cleared, type EditedSettings } from './useSettings';

const COMMON = ['temperature', 'topP', 'maxTokens'] as const;
const RARE = [
  'contextWindow',
  'repetitionPenalty',
  'frequencyPenalty',
  'presencePenalty',
  'seed',
] as const;

/** System prompt, presets and sampling; every change is in effect with the next answer. */
export function ConversationSettingsForm(edited: EditedSettings) {
  const words = useTexts().settings;
  const { settings, inherited, change } = edited;
  const field = (name: (typeof COMMON | typeof RARE)[number]) => (
    <NumberField
      key={name}
      name={name}
      value={settings[name]}
      inherited={inherited[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );
  return (
    <div className="flex flex-col gap-4">
      <Presets {...edited} />
      <SystemPrompt {...edited} />
      {COMMON.map(field)}
      <details className="flex flex-col gap-4">
        <summary className="cursor-pointer text-sm">{words.more}</summary>
        <div className="mt-4 flex flex-col gap-4">{RARE.map(field)}</div>
      </details>
      <SavePreset {...edited} />
      <div>
        <button
          type="button"
          className="button"
          disabled={Object.keys(settings).length === 0}
          onClick={() => change(cleared(settings))}
        >
          {words.reset}
        </button>
      </div>
    </div>
  );
}

function SystemPrompt({ settings, inherited, change }: EditedSettings) {
  const words = useTexts().settings;
  const { args } = useServices();
  const id = useId();
  const operators = args.getState().current?.settings.system_prompt;
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium">
        {words.systemPrompt}
      </label>
      <textarea
        id={id}
        className="field mt-1 min-h-20 w-full resize-y"
        dir="auto"
        maxLength={LONGEST_SYSTEM_PROMPT}
        aria-describedby={`${id}-help`}
        placeholder={inherited.systemPrompt ?? operators ?? ''}
        value={settings.systemPrompt ?? ''}
        onChange={({ target: { value } }) =>
          change({ systemPrompt: value === '' ? undefined : value })
        }
      />
      <p id={`${id}-help`} className="text-xs text-muted">
        {words.systemPromptHelp}
      </p>
    </div>
  );
}

function Presets({ presets, presetId, takePreset, deletePreset }: EditedSettings) {
  const words = useTexts().settings;
  const id = useId();
  const chosen = presets.find((preset) => preset.id === presetId);
  return (
    <div className="flex flex-col gap-2">
      <label htmlFor={id} className="text-sm font-medium">
        {words.preset}
      </label>
      <div className="flex gap-2">
        <select
          id={id}
          className="field min-w-0 flex-1"
          value={chosen?.id ?? ''}
          onChange={({ target: { value } }) => {
            const preset = presets.find((each) => each.id === value);
            if (preset) takePreset(preset);
          }}
        >
          <option value="">{words.presetNone}</option>
          {presets.map((preset) => (
            <option key={preset.id} value={preset.id}>
              {presetName(preset)}
            </option>
          ))}
        </select>
        {chosen && !chosen.builtIn && (
          <IconButton
            className="size-9"
            label={words.deletePreset(chosen.name)}
            onClick={() => deletePreset(chosen.id)}
          >
            <Trash2 aria-hidden size={16} />
          </IconButton>
        )}
      </div>
    </div>
  );
}

/** Keeps these settings under a name of the visitor's own. */
function SavePreset({ saveAsPreset }: EditedSettings) {
  const words = useTexts().settings;
  const [name, setName] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    saveAsPreset(name);
    setName('');
  };
  return (
    <form onSubmit={save} className="flex gap-2">
      <input
        className="field min-w-0 flex-1"
        aria-label={words.presetNameLabel}
        placeholder={words.presetNameLabel}
        maxLength={LONGEST_NAME}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button" disabled={name.trim() === ''}>
        {words.savePreset}
      </button>
    </form>
  );
}
