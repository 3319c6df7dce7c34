import { useEffect, useId, useState } from 'react';
import {
  type NumericSetting,
  SETTING_BOUNDS,
  type SettingName,
} from '../../../conversation/settings';
import { formatNumber, useTexts } from '../../texts';

/** A number that may be left to the default. What is out of bounds is said, and not taken. */
export function NumberField(props: {
  name: NumericSetting;
  value: number | undefined;
  inherited: number | undefined;
  onChange: (value: number | undefined) => SettingName[];
}) {
  const words = useTexts().settings;
  const { name, value, inherited, onChange } = props;
  const { min, max, step } = SETTING_BOUNDS[name];
  const id = useId();
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText((typed) =>
      sameNumber(typed, value) ? typed : value === undefined ? '' : String(value),
    );
    setWrong(false);
  }, [value]);
  const take = (typed: string) => {
    setText(typed);
    if (typed.trim() === '') {
      setWrong(onChange(undefined).length > 0);
      return;
    }
    const number = Number(typed);
    setWrong(!Number.isFinite(number) || onChange(number).includes(name));
  };
  return (
    <div className="grid grid-cols-[1fr_7rem] items-center gap-x-3">
      <label htmlFor={id} className="text-sm font-medium">
        {words[name]}
      </label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        className="field w-full text-end tabular-nums"
        min={min}
        max={max}
        step={step}
        placeholder={inherited === undefined ? words.auto : String(inherited)}
        aria-invalid={wrong}
        aria-describedby={`${id}-help`}
        value={text}
        onChange={(event) => take(event.target.value)}
      />
      <p id={`${id}-help`} className={`col-span-2 text-xs ${wrong ? 'text-bad' : 'text-muted'}`}>
        {wrong
          ? `${words.outOfRange(formatNumber(min, digits(step)), formatNumber(max, digits(step)))}${step === 1 ? ` ${words.wholeNumber}` : ''}`
          : words[`${name}Help`]}
      </p>
    </div>
  );
}

function sameNumber(typed: string, value: number | undefined): boolean {
  return typed.trim() === '' ? value === undefined : Number(typed) === value;
}

function digits(step: number): number {
  return step >= 1 ? 0 : step < 0.1 ? 2 : 1;
}
