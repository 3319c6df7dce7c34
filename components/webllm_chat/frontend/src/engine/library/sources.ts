/** From the catalog's rows to where each model's files come from. */
import type { EmbeddedModel, ModelEntry } from '../../bridge/protocol';
import type { Weights } from '../backend';
import type { CacheBackend, Integrity, ModelSource } from '../download/source';
import { modelFolder } from '../hub';

export interface LibraryConfig {
  catalog: readonly ModelEntry[];
  embedded: EmbeddedModel | null;
  /** The app's own address, against which the models' are resolved. */
  appAddress: string;
  cacheBackend: CacheBackend;
}

/** Models without an address of their own are left out. */
export function sourcesOf(config: LibraryConfig): Map<string, ModelSource> {
  const sources = new Map<string, ModelSource>();
  for (const entry of config.catalog) {
    const source = webllmSource(entry, config);
    if (source) sources.set(entry.model_id, source);
  }
  const { embedded, appAddress } = config;
  if (embedded) {
    sources.set(embedded.model_id, {
      kind: 'embedded',
      modelId: embedded.model_id,
      directory: new URL(embedded.directory, appAddress).href,
      status: embedded.status,
    });
  }
  return sources;
}

function webllmSource(entry: ModelEntry, config: LibraryConfig): ModelSource | undefined {
  if (entry.backend !== 'webllm' || !entry.model || !entry.model_lib) return undefined;
  return {
    kind: 'webllm',
    modelId: entry.model_id,
    folder: modelFolder(new URL(entry.model, config.appAddress).href),
    library: new URL(entry.model_lib, config.appAddress).href,
    packageManifest: entry.model_manifest,
    cacheBackend: config.cacheBackend,
    integrity: entry.integrity as Integrity | null,
    // Of the operator's own models nobody else has said how large they are.
    expectedBytes: entry.custom ? null : (entry.download_bytes?.value ?? null),
  };
}

/** What WebLLM is told, so that it looks where the files were put. */
export function weightsOf(entry: ModelEntry, source: ModelSource & { kind: 'webllm' }): Weights {
  return {
    model: source.folder,
    modelLib: source.library,
    overrides: entry.overrides,
    cacheBackend: source.cacheBackend,
    integrity: source.integrity,
    modelManifest: source.packageManifest,
  };
}
