/** Which models a visit stands on: asks what the ladder, the fit and the host are decided from. */
import type { DeviceReport, EmbeddedModel, EngineSettings, ModelEntry } from '../bridge/protocol';
import { isMetered } from '../device/connection';
import { type Fit, type FitInput, fitOf, hasUsableGpu, memoryBudgetMb } from './fit';
import { browserCapabilities, type HostKind, loadedModels, pickHost } from './host';
import { canBeHad } from './hub';
import {
  buildLadder,
  embeddedRung,
  gpuRung,
  type Ladder,
  type LadderInput,
  pickGpuModel,
  type Rung,
  startWhereLoaded,
} from './ladder';
import type { ModelLibrary } from './library/library';
import type { Preferences } from './preferences';
import type { Visits } from './visits';

export interface EngineConfig {
  settings: EngineSettings;
  catalog: readonly ModelEntry[];
  embedded: EmbeddedModel | null;
  /** The app's own address, against which the models' are resolved. */
  appAddress: string;
}

export class Planner {
  #config: EngineConfig | undefined;

  constructor(
    private readonly library: ModelLibrary,
    private readonly visits: Visits,
    private readonly preferences: Preferences,
  ) {}

  configure(config: EngineConfig): void {
    this.#config = config;
  }

  /**
   * The operator's, with what the visitor chose otherwise.
   * @throws an `Error` before `configure()`, like everything here that needs the settings.
   */
  get settings(): EngineSettings {
    return { ...this.#requireConfig().settings, ...this.preferences.state.getState() };
  }

  entry(modelId: string): ModelEntry | undefined {
    return this.#requireConfig().catalog.find(({ model_id }) => model_id === modelId);
  }

  host(): HostKind {
    return pickHost(this.settings.engine_host, browserCapabilities());
  }

  /** Looks at what is in the browser, and whether the model hub answers. */
  async plan(device: Promise<DeviceReport>): Promise<Ladder> {
    const [seen, crashed, loaded] = await Promise.all([
      device,
      this.visits.takeCrashed(),
      loadedModels(this.host()),
      this.library.refresh(),
    ]);
    const { embedded, appAddress } = this.#requireConfig();
    const input: LadderInput = {
      ...this.#fitInput(seen),
      embedded,
      cached: this.#cached(),
      crashed,
      metered: isMetered(),
    };
    const pick = pickGpuModel(input);
    const reachable =
      typeof pick !== 'string' &&
      (input.cached.has(pick.entry.model_id) ||
        (await canBeHad(pick.entry, input.settings.hub_timeout_s, appAddress)));
    return startWhereLoaded(buildLadder(input, pick, reachable), loaded);
  }

  /**
   * The rung of a model that the ladder may not have; none before `configure()`.
   * @param contextWindow - tokens; the operator's, or the model's own, where it is left out.
   */
  rung(modelId: string, contextWindow?: number): Rung | undefined {
    const config = this.#config;
    if (!config) return undefined;
    const input = { ...config, cached: this.#cached() };
    if (modelId === config.embedded?.model_id) return embeddedRung(config.embedded, input);
    const entry = this.entry(modelId);
    return entry && gpuRung(entry, input, contextWindow ?? config.settings.context_window);
  }

  /** Whether a model of the catalog fits the device, and why; null for any other. */
  fitOf(modelId: string, device: DeviceReport): Fit | null {
    const entry = this.#config && this.entry(modelId);
    return entry ? fitOf(entry, this.#fitInput(device)) : null;
  }

  /** GPU memory, in MB, that models may take together; null without a usable GPU. */
  memoryBudgetMb(device: DeviceReport): number | null {
    if (!this.#config || !hasUsableGpu(device, this.settings)) return null;
    return memoryBudgetMb(device, this.#config.catalog, this.visits.history.getState());
  }

  #fitInput(device: DeviceReport): FitInput {
    const { catalog } = this.#requireConfig();
    const history = this.visits.history.getState();
    return { device, settings: this.settings, catalog, history, now: Date.now() };
  }

  #cached(): Set<string> {
    return new Set(this.library.cachedModels());
  }

  #requireConfig(): EngineConfig {
    if (!this.#config) throw new Error('The engine was used before it was configured.');
    return this.#config;
  }
}
