import { useTexts } from '../../texts';
import { useContextUse } from '../composer/useContextUse';

/** Says beforehand that the model will not read everything. */
export function ContextNotice() {
  const words = useTexts().composer;
  const use = useContextUse();
  return (
    <div role="status">
      {use && use.used > use.window && (
        <p data-testid="notice" data-kind="context-full" className="text-sm text-muted">
          {words.contextFull}
        </p>
      )}
    </div>
  );
}
