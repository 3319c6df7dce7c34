import { errorText, megabytes, modelName, useTexts } from '../texts';
import { useCatalog } from '../useCatalog';
import type { RowNotice } from './actions';

/** What came of the last action on a row, where that is not plain from its state. */
export function NoticeText({ notice }: { notice: RowNotice }) {
  const words = useTexts().models;
  const catalog = useCatalog();
  const text = () => {
    switch (notice.kind) {
      case 'no-room':
        return words.noRoom(megabytes(notice.needed), megabytes(notice.free));
      case 'kept-for':
        return words.keptFor(notice.models.map((id) => modelName(id, catalog)).join(', '));
      case 'failed': {
        const { cause, person } = errorText(notice.error);
        return `${cause} ${person}`;
      }
    }
  };
  return (
    <span role="status" data-testid="model-notice" data-kind={notice.kind} className="mt-1 block">
      {text()}
    </span>
  );
}
