import { useState } from 'react';
import { megabytes, useTexts } from '../texts';
import { Confirm } from './Confirm';
import { actionsOf, buildName, type ModelRow, type RowAction } from './row';

/** What can be done with a build now. Deleting asks first: fetching it again takes a while. */
export function BuildActions(props: { row: ModelRow; onAction: (action: RowAction) => void }) {
  const { row, onAction } = props;
  const words = useTexts().models;
  const [deleting, setDeleting] = useState(false);
  const actions = actionsOf(row);
  if (deleting && actions.includes('delete')) {
    return (
      <Confirm
        question={words.confirmDelete(megabytes(row.received))}
        yes={words.action.delete}
        onYes={() => {
          setDeleting(false);
          onAction('delete');
        }}
        onNo={() => setDeleting(false)}
      />
    );
  }
  return (
    <span className="flex flex-wrap gap-1.5">
      {actions.map((action) => (
        <button
          key={action}
          type="button"
          data-action={action}
          className="button"
          aria-label={`${words.action[action]}: ${row.entry.name} ${buildName(row.entry)}`}
          onClick={() => (action === 'delete' ? setDeleting(true) : onAction(action))}
        >
          {words.action[action]}
        </button>
      ))}
    </span>
  );
}
