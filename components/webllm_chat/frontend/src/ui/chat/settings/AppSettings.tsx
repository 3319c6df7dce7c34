import { useId } from 'react';
import { useStore } from 'zustand';
import { bestLocale, LOCALES, type Locale } from '../../../../../../shared/locale';
import { useTexts } from '../../texts';
import { chooseLocale, useLocale } from '../../texts/locale';
import { interfacePreferences, setInterfacePreference } from './interface-preferences';

/** What concerns the interface and not the model. */
export function AppSettings() {
  const words = useTexts().settings;
  const { choice } = useLocale();
  const remoteImages = useStore(interfacePreferences, (state) => state.remoteImages);
  const id = useId();
  return (
    <div className="flex flex-col gap-4">
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {words.language}
        </label>
        <select
          id={id}
          className="field mt-1 w-full"
          value={choice ?? ''}
          onChange={({ target: { value } }) =>
            void chooseLocale(value === '' ? null : (value as Locale))
          }
        >
          <option value="">{words.languageAuto(LOCALES[bestLocale()])}</option>
          {Object.entries(LOCALES).map(([locale, name]) => (
            <option key={locale} value={locale} lang={locale}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label className="flex items-center gap-2 text-sm font-medium">
          <input
            type="checkbox"
            checked={remoteImages}
            aria-describedby={`${id}-images`}
            onChange={(event) => setInterfacePreference({ remoteImages: event.target.checked })}
          />
          {words.remoteImages}
        </label>
        <p id={`${id}-images`} className="text-xs text-muted">
          {words.remoteImagesHelp}
        </p>
      </div>
    </div>
  );
}
