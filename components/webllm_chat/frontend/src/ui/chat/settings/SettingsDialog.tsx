import { type KeyboardEvent, useRef, useState } from 'react';
import { useTexts } from '../../texts';
import { Dialog } from '../controls/Dialog';
import { AppSettings } from './AppSettings';
import { ConversationSettingsForm } from './ConversationSettingsForm';
import { useDefaultSettings, useOpenSettings } from './useSettings';

const TABS = ['thisChat', 'defaults', 'app'] as const;
type Tab = (typeof TABS)[number];

/** What this chat asks of the model, what new chats ask, and the interface's own settings. */
export default function SettingsDialog({ onClose }: { onClose: () => void }) {
  const words = useTexts().settings;
  const [tab, setTab] = useState<Tab>('thisChat');
  return (
    <Dialog title={words.title} onClose={onClose}>
      <TabList tab={tab} onChoose={setTab} />
      <div
        role="tabpanel"
        id="settings-panel"
        aria-labelledby={`settings-tab-${tab}`}
        className="min-h-0 flex-1 overflow-y-auto px-4 pb-4"
      >
        {tab === 'thisChat' && <OpenForm />}
        {tab === 'defaults' && <DefaultsForm />}
        {tab === 'app' && <AppSettings />}
      </div>
    </Dialog>
  );
}

function OpenForm() {
  return <ConversationSettingsForm {...useOpenSettings()} />;
}

function DefaultsForm() {
  return <ConversationSettingsForm {...useDefaultSettings()} />;
}

/** Arrow keys go between the tabs, as in WAI-ARIA's pattern. */
function TabList({ tab, onChoose }: { tab: Tab; onChoose: (tab: Tab) => void }) {
  const words = useTexts().settings;
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] as Tab;
    onChoose(next);
    list.current?.querySelector<HTMLElement>(`#settings-tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={words.title} className="flex gap-1 px-4 pb-3">
      {TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`settings-tab-${each}`}
          aria-controls="settings-panel"
          aria-selected={each === tab}
          tabIndex={each === tab ? 0 : -1}
          className="tab"
          onClick={() => onChoose(each)}
          onKeyDown={onKeyDown}
        >
          {words[each]}
        </button>
      ))}
    </div>
  );
}
