/** One version that is brought and tested, beside the passes: at most one at a time. */
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { asTowlineError } from '../pass/pass-facts.ts';
import { selfTest } from './self-test.ts';
import type { UpdateNeeds } from './self-update.ts';
import { packageSlot, slotName } from './slots.ts';
import { stage } from './stage.ts';
import type { UpdateHome } from './update-home.ts';
import type { Bringable } from './wanted.ts';

export interface StageRunOptions {
  readonly home: UpdateHome;
  readonly configFile: string;
  /** What a package has put there. */
  readonly packageFolder: string;
  /** What runs. */
  readonly own: { readonly folder: string; readonly version: string };
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface Bringing {
  /** Bytes in a second; undefined: as many as come. */
  readonly rateBytes: number | undefined;
  readonly staged: (slot: string) => Promise<void>;
  readonly failed: (error: TowlineError) => Promise<void>;
}

interface Task {
  readonly wish: Bringable;
  readonly cut: AbortController;
  readonly fromBundle: boolean;
  readonly ended: Promise<void>;
}

export class StageRun {
  readonly #options: StageRunOptions;
  readonly #needs: UpdateNeeds;
  #task: Task | undefined;

  constructor(options: StageRunOptions, needs: UpdateNeeds) {
    this.#options = options;
    this.#needs = needs;
  }

  get isBusy(): boolean {
    return this.#task !== undefined;
  }

  /** What is wanted now: another version is cut, and one whose parts were carried here since is begun anew. */
  follow(wish: Bringable | undefined): void {
    const task = this.#task;
    if (task === undefined) return;
    const isSame = wish !== undefined && wish.digest === task.wish.digest;
    if (!isSame || (!task.fromBundle && this.#isCarried(wish)))
      task.cut.abort(new Error('another one is wanted'));
  }

  begin(wish: Bringable, bringing: Bringing): void {
    if (this.#task !== undefined) return;
    const cut = new AbortController();
    const ended = this.#bring(wish, bringing, cut.signal).finally(() => {
      this.#task = undefined;
    });
    this.#task = { wish, cut, fromBundle: this.#isCarried(wish), ended };
  }

  async stop(): Promise<void> {
    this.#task?.cut.abort(new Error('the agent stops'));
    await this.#task?.ended;
  }

  #isCarried(wish: Bringable): boolean {
    return (
      wish.kind === 'version' && wish.parts.every(({ sha256 }) => this.#needs.carried(sha256) !== undefined)
    );
  }

  /** Never throws. */
  async #bring(wish: Bringable, bringing: Bringing, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    try {
      const slot = await this.#slotOf(wish, bringing, signal);
      await this.#test(slot, wish, signal);
      await bringing.staged(slot);
    } catch (error) {
      if (signal.aborted) return;
      await bringing
        .failed(asTowlineError(error))
        .catch((cause: unknown) =>
          log.warn({ error: String(cause) }, 'what came of the update is not noted'),
        );
    }
  }

  async #slotOf(wish: Bringable, { rateBytes }: Bringing, signal: AbortSignal): Promise<string> {
    if (wish.kind === 'package') return packageSlot;
    const { home, clock, log, packageFolder } = this.#options;
    const { dialler, carried } = this.#needs;
    await home.makeRoom(slotName(wish.version, wish.digest));
    const sources = { dialler, carried, clock, log, rateBytes };
    return await stage(
      wish,
      { slots: home.slots, sources, others: [...(await home.folders()), packageFolder] },
      signal,
    );
  }

  /** A configuration that what runs cannot read any more either says nothing against another version. */
  async #test(slot: string, { version }: Bringable, signal: AbortSignal): Promise<void> {
    const { home, configFile, packageFolder, own } = this.#options;
    const folder = slot === packageSlot ? packageFolder : path.resolve(home.slots.folderOf(slot));
    const by = { packageFolder, configFile };
    try {
      await selfTest({ folder, version, ...by }, signal);
    } catch (error) {
      if (!isTowlineError(error, 'AGENT_UPDATE_SELF_TEST')) throw error;
      await selfTest({ ...own, ...by }, signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        const message = `this version cannot say more than that: ${messageOf(cause)}`;
        throw new TowlineError('AGENT_UPDATE_UNTESTED', message, { cause });
      });
      throw error;
    }
  }
}
