/**
 * Copies of backups to stores, beside the passes: one at a time, the newest first, and no app waits for one. What is not
 * copied yet is seen from the folder, so an agent that starts again goes on.
 */
import path from 'node:path';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import type { DesiredState, DesiredStore } from '../../../core/desired/state.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import { mayTry, retryPauseMs } from '../../../core/plan/next-try.ts';
import { backupsOf } from '../backup-folder.ts';
import { storesWithCopy } from '../store-marks.ts';
import type { StoreSettings } from './restic.ts';

export interface DeviceStoresOptions extends StoreSettings {
  readonly clock: Clock;
  readonly log: Log;
}

/** What keeps a store from being copied to. */
export interface StoreTrouble {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  /** Not before this time, milliseconds since the epoch. */
  readonly nextMs: number;
}

interface Work {
  readonly store: DesiredStore;
  readonly manifest: BackupManifest;
  readonly folder: string;
}

/** Without a word of a new backup one is found by then. */
const lookMs = 60_000;

export class DeviceStores {
  readonly #options: DeviceStoresOptions;
  readonly #troubles = new Map<string, StoreTrouble>();
  #desired: DesiredState | undefined;
  #awake = Promise.withResolvers<void>();
  #copying: { readonly over: AbortController; readonly ended: Promise<void> } | undefined;
  #held = 0;

  constructor(options: DeviceStoresOptions) {
    this.#options = options;
  }

  /** Store → what went wrong last; those that work are not in it. */
  get troubles(): ReadonlyMap<string, StoreTrouble> {
    return this.#troubles;
  }

  /** What the device is to be now. */
  use(desired: DesiredState): void {
    this.#desired = desired;
    const names = new Set(desired.backupStores?.map(({ name }) => name));
    for (const name of this.#troubles.keys()) if (!names.has(name)) this.#troubles.delete(name);
    this.wake();
  }

  /** There is a new backup. */
  wake(): void {
    this.#awake.resolve();
  }

  /** Until the signal says so. @throws the signal's reason */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const awake = Promise.withResolvers<void>();
      this.#awake = awake;
      const work = this.#held > 0 ? undefined : await this.#next();
      if (work === undefined) await this.#rest(awake.promise, signal);
      else await this.#copy(work, signal);
    }
  }

  async #rest(awake: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const nextMs = [...this.#troubles.values()].map(trouble => trouble.nextMs - clock.now());
    const pauseMs = this.#desired?.backupStores === undefined ? 24 * 3_600_000 : Math.min(lookMs, ...nextMs);
    using over = new Over(signal);
    await Promise.race([clock.sleep(Math.max(1_000, pauseMs), over.signal), awake]).catch(() => undefined);
    signal.throwIfAborted();
  }

  /** The newest backup that its store does not have, of a store that may be tried. */
  async #next(): Promise<Work | undefined> {
    const { clock, room } = this.#options;
    const stores = new Map(this.#desired?.backupStores?.map(store => [store.name, store]));
    for (const { name: project, backup } of this.#desired?.projects ?? []) {
      const store = stores.get(backup?.store ?? '');
      const trouble = this.#troubles.get(store?.name ?? '');
      if (store === undefined || !mayTry(trouble, clock.now())) continue;
      for (const manifest of (await backupsOf(room.backupDirectory, project)).backups) {
        const folder = path.join(room.backupDirectory, project, manifest.id);
        if (manifest.cause === 'aside' || (await storesWithCopy(folder)).includes(store.name)) continue;
        return { store, manifest, folder };
      }
    }
    return undefined;
  }

  async #copy(work: Work, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const copying = this.#copyOnce(work, AbortSignal.any([signal, over.signal]));
    this.#copying = { over, ended: copying.then(undefined, () => undefined) };
    try {
      await copying;
      this.#troubles.delete(work.store.name);
    } catch (error) {
      signal.throwIfAborted();
      if (!over.signal.aborted) this.#failed(work, error);
    } finally {
      this.#copying = undefined;
    }
  }

  async #copyOnce({ store, manifest, folder }: Work, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    // Most devices never have a store.
    const { OpenStore } = await import('./restic.ts');
    const { copyBackup } = await import('./copy-backup.ts');
    const beganMs = clock.monotonic();
    await using opened = await OpenStore.open(this.#options, store);
    const bytes = await copyBackup(opened, manifest, folder, signal);
    const { project, id } = manifest;
    log.info(
      { project, backup: id, store: store.name, bytes, ms: clock.monotonic() - beganMs },
      'backup copied',
    );
  }

  #failed({ store, manifest }: Work, error: unknown): void {
    const { clock, log } = this.#options;
    const count = (this.#troubles.get(store.name)?.count ?? 0) + 1;
    const code = isTowlineError(error) ? error.code : 'BACKUP_STORE_FAILED';
    const trouble = { code, message: messageOf(error), count, nextMs: clock.now() + retryPauseMs(count) };
    this.#troubles.set(store.name, trouble);
    log.warn({ ...trouble, store: store.name, backup: manifest.id }, 'backup not copied');
  }

  /**
   * Brings a backup back into the folder of this device's backups; a copy that is under way makes room for it.
   * @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST, BACKUP_HELPER, ENGINE_…; the signal's reason
   */
  async retrieve(project: string, backup: string, signal: AbortSignal): Promise<BackupManifest> {
    const { room, owner } = this.#options;
    const named = this.#desired?.projects.find(({ name }) => name === project)?.backup?.store;
    const store = this.#desired?.backupStores?.find(({ name }) => name === named);
    if (store === undefined) throw new TowlineError('BACKUP_STORE_MISSING', `${project} has no store`);
    const { OpenStore } = await import('./restic.ts');
    const { retrieveBackup } = await import('./retrieve.ts');
    this.#held += 1;
    try {
      this.#copying?.over.abort();
      await this.#copying?.ended;
      await using opened = await OpenStore.open(this.#options, store);
      const wanted = { fleet: owner.fleet, project, backup, backupDirectory: room.backupDirectory };
      return await retrieveBackup(opened, wanted, signal);
    } finally {
      this.#held -= 1;
      this.wake();
    }
  }
}

/** Ends what waits beside something else when that has come. */
class Over implements Disposable {
  readonly #over = new AbortController();
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#over.signal]);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }
}
