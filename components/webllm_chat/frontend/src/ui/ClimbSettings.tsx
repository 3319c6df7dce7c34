import type { ReactNode } from 'react';
import { useId } from 'react';
import { useStore } from 'zustand';
import type { UpgradePolicy } from '../engine/ladder';
import { useServices } from './services';
import { modelName, useTexts } from './texts';
import { useCatalog } from './useCatalog';

/** The visitor's own say in which model is first, how far to climb, and who decides when. */
export function ClimbSettings() {
  const { args, engine } = useServices();
  const { ladder, upgrade } = useTexts();
  const considered = useStore(engine.state, (state) => state.considered);
  const policy = useStore(engine.state, (state) => state.upgrade);
  const chosen = useStore(engine.preferences.state);
  const current = useStore(args, (state) => state.current);
  const catalog = useCatalog();
  if (!current) return null;
  const policies: [UpgradePolicy, string][] = [
    ['offered', upgrade.policyOffered],
    ['automatic', upgrade.policyAutomatic],
    ['off', upgrade.policyOff],
  ];
  const models = considered
    .filter(({ fit }) => fit.verdict !== 'no')
    .map(({ name, modelId }) => (
      <option key={modelId} value={modelId}>
        {name}
      </option>
    ));
  const operators = modelName(current.settings.default_model, catalog);
  return (
    <details>
      <summary className="w-fit cursor-pointer py-1">{ladder.change}</summary>
      <div className="flex flex-wrap gap-4 py-2">
        <Choice
          label={upgrade.policy}
          value={policy}
          onChange={(value) => engine.setUpgrade(value as UpgradePolicy)}
        >
          {policies.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Choice>
        <Choice
          label={ladder.start}
          value={chosen.default_model ?? ''}
          onChange={(value) => engine.preferences.set({ default_model: value || undefined })}
        >
          <option value="">{ladder.asSet(operators)}</option>
          {models}
        </Choice>
        <Choice
          label={ladder.ceiling}
          value={chosen.ceiling ?? ''}
          onChange={(value) => engine.preferences.set({ ceiling: value || undefined })}
        >
          <option value="">{ladder.noCeiling}</option>
          {models}
        </Choice>
      </div>
      <p>{ladder.nextVisit}</p>
    </details>
  );
}

function Choice(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex max-w-full flex-col gap-1">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className="button max-w-full text-text"
      >
        {props.children}
      </select>
    </div>
  );
}
