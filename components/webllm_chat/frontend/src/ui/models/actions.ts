/** Carries out what a row or the storage panel asks, and keeps what is to be said about it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { classify } from '../../engine/errors';
import { activeRung } from '../../engine/machine';
import type { EngineManager } from '../../engine/manager';
import type { RowAction } from './row';

/** Said on the row it concerns until the next action there. */
export type RowNotice =
  | { kind: 'no-room'; needed: number; free: number }
  | { kind: 'kept-for'; models: string[] }
  | { kind: 'failed'; error: string };

export class ModelActions {
  /** By model id. */
  readonly notices: StoreApi<Record<string, RowNotice>> = createStore(() => ({}));

  constructor(private readonly engine: EngineManager) {}

  async perform(action: RowAction, modelId: string): Promise<void> {
    this.#say(modelId, undefined);
    try {
      await this.#carryOut(action, modelId);
    } catch (error) {
      // The row itself shows a download that was ended or that failed.
      if (action !== 'download' && action !== 'resume') {
        this.#say(modelId, { kind: 'failed', error: classify(error).kind });
      }
    }
  }

  async deleteAll(): Promise<void> {
    this.engine.suspend();
    await this.engine.library.deleteAll();
  }

  async #carryOut(action: RowAction, modelId: string): Promise<void> {
    const { engine } = this;
    const { library } = engine;
    switch (action) {
      case 'download':
        if (!(await this.#hasRoom(modelId))) return;
        return library.download(modelId, { priority: 'background', byVisitor: true });
      case 'resume':
        return this.#resume(modelId);
      case 'pause':
        return library.pause(modelId);
      case 'cancel':
        if (this.#isBackground(modelId)) engine.declineUpgrade();
        return library.cancel(modelId);
      case 'allow':
        if (this.#isBackground(modelId)) engine.acceptUpgrade();
        else engine.consent();
        return;
      case 'use':
        if (await this.#hasRoom(modelId)) engine.switchModel(modelId);
        return;
      case 'unload':
        return this.#unload(modelId);
      case 'delete':
        if (this.#isLoaded(modelId)) this.#unload(modelId);
        return this.#delete(modelId);
    }
  }

  /** What the engine was fetching goes on to be loaded as well; anything else is only fetched. */
  async #resume(modelId: string): Promise<void> {
    const { phase, rungs, rung } = this.engine.state.getState();
    if (this.#isBackground(modelId)) this.engine.acceptUpgrade();
    else if (phase === 'suspended' && rungs[rung]?.modelId === modelId) this.engine.resume();
    else await this.engine.library.resume(modelId);
  }

  async #delete(modelId: string): Promise<void> {
    const models = await this.engine.library.delete(modelId);
    if (models.length > 0) this.#say(modelId, { kind: 'kept-for', models });
  }

  /** A model that waits in the background goes alone; the one that answers stays. */
  #unload(modelId: string): void {
    if (this.#isBackground(modelId)) this.engine.declineUpgrade();
    else this.engine.suspend();
  }

  #isLoaded(modelId: string): boolean {
    const isActive = activeRung(this.engine.state.getState())?.modelId === modelId;
    return isActive || this.#isBackground(modelId);
  }

  #isBackground(modelId: string): boolean {
    return this.engine.state.getState().background?.rung.modelId === modelId;
  }

  async #hasRoom(modelId: string): Promise<boolean> {
    // A hub that does not answer says so when the download starts.
    const room = await this.engine.library.room(modelId).catch(() => 'unknown' as const);
    if (room === 'unknown' || room.needed <= room.free) return true;
    this.#say(modelId, { kind: 'no-room', ...room });
    return false;
  }

  #say(modelId: string, notice: RowNotice | undefined): void {
    const { [modelId]: _, ...others } = this.notices.getState();
    this.notices.setState(notice ? { ...others, [modelId]: notice } : others, true);
  }
}
