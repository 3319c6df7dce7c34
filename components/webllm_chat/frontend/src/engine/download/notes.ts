/**
 * What was asked for and is known of it, kept beside the parts: so that the next visit can say
 * without any request how much of a model is here, and which models need a shared file.
 */
import type { Plan } from '../webllm/files';
import type { Shelf } from './part-store';
import type { EmbeddedSource, ModelSource, RemoteFile } from './source';

/** The embedded model's file; `verified` once its content was found to be right. */
export interface EmbeddedNote {
  version: 1;
  file: RemoteFile;
  verified: boolean;
}

type NoteOf<S extends ModelSource> = S extends EmbeddedSource ? EmbeddedNote : Plan;

const NOTE_MARK = '?webllm-chat-note-on=';

export function notes(shelf: Shelf) {
  const readAt = async <T>(key: string): Promise<T | undefined> => {
    const text = await (await shelf.get(key))?.text();
    try {
      const note = JSON.parse(text ?? 'null') as { version?: number } | null;
      return note?.version === 1 ? (note as T) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    read: <S extends ModelSource>(source: S) => readAt<NoteOf<S>>(keyOf(source)),

    write: async <S extends ModelSource>(source: S, note: NoteOf<S>): Promise<void> =>
      shelf.put(keyOf(source), new Blob([JSON.stringify(note)])),

    remove: (source: ModelSource) => shelf.delete(keyOf(source)),

    /** The notes on other models that lie in the same storage. */
    async others(source: ModelSource): Promise<Plan[]> {
      const own = keyOf(source);
      const kept = storageOf(source);
      const keys = (await shelf.keys()).filter(
        (key) => key.includes(NOTE_MARK) && key.endsWith(kept) && key !== own,
      );
      const plans = await Promise.all(keys.map((key) => readAt<Plan>(key)));
      return plans.filter((plan) => plan !== undefined);
    },
  };
}

function keyOf(source: ModelSource): string {
  const place = source.kind === 'webllm' ? source.folder : `${source.directory}/`;
  return `${place}${NOTE_MARK}${encodeURIComponent(source.modelId)}${storageOf(source)}`;
}

function storageOf(source: ModelSource): string {
  return `&in=${source.kind === 'webllm' ? source.cacheBackend : 'parts'}`;
}
