import { useState } from 'react';
import { EngineStatus } from '../EngineStatus';
import { LadderSummary } from '../LadderSummary';
import { Notices } from '../Notices';
import { useServices } from '../services';
import { ModelActions } from './actions';
import { arrange, NO_CHOICES } from './arrange';
import { FilterBar } from './FilterBar';
import { ModelTable } from './ModelTable';
import { StoragePanel } from './StoragePanel';
import { useModelRows } from './useModelRows';

/** Every model, its state on this device, and what can be done with it. */
export function ModelsView() {
  const { engine } = useServices();
  const [actions] = useState(() => new ModelActions(engine));
  const [choices, setChoices] = useState(NO_CHOICES);
  const rows = useModelRows();
  const arrangement = arrange(rows, choices);
  return (
    <main className="flex flex-col gap-4 p-1">
      <EngineStatus />
      <Notices />
      <LadderSummary />
      <StoragePanel rows={rows} onDeleteAll={() => void actions.deleteAll()} />
      <FilterBar rows={rows} choices={choices} count={arrangement.count} onChange={setChoices} />
      <ModelTable arrangement={arrangement} actions={actions} />
    </main>
  );
}
