import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';

/** Says when conversations may not be kept, before anything is lost. */
export function StorageNotice() {
  const words = useTexts().storage;
  const { conversation } = useServices();
  const problem = useStore(conversation.state, ({ storage }) => storage.problem);
  return (
    <div role="status">
      {problem && (
        <p data-testid="notice" data-kind={`storage-${problem}`} className="text-sm text-muted">
          {words[problem]}
        </p>
      )}
    </div>
  );
}
