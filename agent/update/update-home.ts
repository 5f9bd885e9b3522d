/**
 * What lies on the disk of an update, and the steps from one state of it to the next. Each step is written in an order in which
 * power may be cut anywhere: what starts then is the version before or the new one, whole.
 */
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { nextTryMs } from './pause.ts';
import { type Fallen, packageSlot, Slots } from './slots.ts';
import { StateFormat } from './state-format.ts';
import { noUpdate, setAside, type UpdateMemory, updateFile } from './update-file.ts';
import type { NamedVersion } from './wanted.ts';

export interface UpdateHomeOptions {
  readonly stateDirectory: string;
  /** That the launcher has started. */
  readonly slot: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** The machine's, seconds. */
  readonly uptimeSec: () => number;
  readonly format?: StateFormat;
}

export class UpdateHome {
  readonly slots: Slots;
  readonly #options: UpdateHomeOptions;
  readonly #file: ReturnType<typeof updateFile>;
  readonly #format: StateFormat;
  #memory: UpdateMemory = noUpdate;
  #isOnTrial = false;
  /** The version that was on trial could not report: whether it is to blame shows when this one can. */
  #unjudged = false;

  constructor(options: UpdateHomeOptions) {
    this.#options = options;
    this.slots = new Slots(options.stateDirectory);
    this.#file = updateFile(this.slots.folder);
    this.#format = options.format ?? new StateFormat(options.stateDirectory);
  }

  get memory(): UpdateMemory {
    return this.#memory;
  }

  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  get unjudged(): boolean {
    return this.#unjudged;
  }

  /** When a version may be brought, milliseconds since the epoch: one that was not tried yet waits for nothing. */
  againMs({ digest }: NamedVersion, nowMs: number): number {
    return this.#memory.digest === digest ? nextTryMs(this.#memory, nowMs) : nowMs;
  }

  /** Folders of the versions that are here. */
  async folders(): Promise<string[]> {
    return [this.#options.slot, await this.slots.current()].map(slot => this.slots.folderOf(slot));
  }

  stateForm(): Promise<number> {
    return this.#format.written();
  }

  /** A whole slot of this digest is here. */
  async staged(to: string, named: NamedVersion): Promise<void> {
    const { attempts, digest, triedAtMs } = this.#memory;
    const before =
      digest === named.digest ? { attempts, ...(triedAtMs === undefined ? {} : { triedAtMs }) } : {};
    await this.#write({ ...this.#rest(), ...named, to, phase: 'staged', ...before });
  }

  /** Nothing is known against it: it is tried again later. */
  async cameToNothing(named: NamedVersion, code: string, message: string): Promise<void> {
    const { attempts, digest, to } = this.#memory;
    const again = digest === named.digest;
    const tried = { triedAtMs: this.#options.clock.now(), attempts: (again ? attempts : 0) + 1 };
    // What is on the disk of it need not be brought once more.
    const there = again && to !== undefined ? { to } : {};
    await this.#write({ ...this.#rest(), ...named, ...tried, ...there, code, message, phase: 'none' });
  }

  /** Never again. */
  async refuse(named: NamedVersion, code: string, reason: string): Promise<void> {
    const atMs = this.#options.clock.now();
    const { digest } = named;
    const memory = setAside(this.#rest(), { digest, code, reason: reason.slice(0, 400), atMs });
    this.#options.log.error({ ...named, code, reason }, 'this version of the agent is set aside');
    await this.#write({ ...memory, ...named, phase: 'refused', attempts: 0 });
    await this.tidy();
  }

  /** The next start is a start of `to`. */
  async beginTrial(
    to: string,
    named: NamedVersion,
    asked: NonNullable<UpdateMemory['asked']>,
  ): Promise<void> {
    const { slot: from, uptimeSec } = this.#options;
    const { attempts } = this.#memory;
    const begunSec = Math.floor(uptimeSec());
    await this.#write({ ...this.#rest(), ...named, to, from, asked, begunSec, attempts, phase: 'trying' });
    await this.slots.beginTrial({ to, from });
  }

  /** It stays: the state is brought to its form, and from now on it is what a start begins with. */
  async commit(): Promise<void> {
    const { slot } = this.#options;
    await this.#format.migrate();
    await this.slots.use(slot);
    await this.slots.endTrial();
    await this.committed();
  }

  /** The version before is started next. */
  async goBack(why: Fallen): Promise<void> {
    await this.slots.noteFallen(this.#options.slot, why).catch((error: unknown) => {
      // Without a word of why it counts as cut off: it is tried again.
      this.#options.log.warn({ error: String(error) }, 'there is no room to note why this version goes');
    });
    await this.slots.endTrial();
  }

  /** Room for `next`: what ran before is not gone back to any more. */
  async makeRoom(next: string): Promise<void> {
    await this.slots.keep([this.#options.slot, await this.slots.current(), next]);
  }

  /** The version that could not report: this one can, or cannot either. */
  async judge(isHeard: boolean): Promise<void> {
    const { named } = this;
    this.#unjudged = false;
    if (isHeard) {
      const reason = 'it ran without a whole pass and a status that the gateway acknowledged';
      await this.refuse(named, 'AGENT_UPDATE_SILENT', reason);
    } else {
      await this.cameToNothing(named, 'AGENT_UPDATE_CUT', 'neither it nor this version could report');
    }
    await this.slots.forgetFallen();
  }

  /** What the version on trial was to do, and when that began. */
  get asked(): NonNullable<UpdateMemory['asked']> {
    return this.#memory.asked ?? { whole: true, reported: true };
  }

  /** What was written down last. */
  async read(): Promise<void> {
    const found = await this.#file.read();
    if (found.kind === 'value') this.#memory = found.value;
    if (found.kind !== 'garbage') return;
    const code = 'AGENT_STATE_GARBAGE';
    this.#options.log.error({ code }, 'both copies of what is known of updates are damaged');
  }

  /** This version is on trial, in place of `from`. */
  async onTrial(from: string): Promise<void> {
    const { slot, uptimeSec } = this.#options;
    this.#isOnTrial = true;
    if (this.#memory.phase === 'trying' && this.#memory.to === slot) return;
    // What was noted is lost: it is held to all that a version is held to.
    const { version = '', digest = '' } = (await this.slots.read(slot)) ?? {};
    const begunSec = Math.floor(uptimeSec());
    const trial = { to: slot, from, version, digest, begunSec, phase: 'trying', attempts: 0 } as const;
    await this.#write({ ...this.#rest(), ...trial });
  }

  /** The version that was on trial could not report; `judge` says whether it is to blame. */
  leaveUnjudged(): void {
    this.#unjudged = true;
  }

  /** It stays; the disk says so already. */
  async committed(): Promise<void> {
    const { to = packageSlot, from = packageSlot, version = '' } = this.#memory;
    this.#isOnTrial = false;
    await this.#write({ ...this.#rest(), to, from, phase: 'committed', attempts: 0 });
    await this.slots.forgetFallen();
    this.#options.log.info({ version, slot: to }, 'this version of the agent stays');
    await this.tidy();
  }

  /** What the memory speaks of. */
  get named(): NamedVersion {
    const { version = '', digest = '' } = this.#memory;
    return { version, digest };
  }

  /** What runs, what ran before it, and what is about to run. */
  async tidy(): Promise<void> {
    const { to = packageSlot, from = packageSlot, phase } = this.#memory;
    const before = phase === 'committed' ? [from] : [];
    const next = phase === 'staged' || phase === 'none' || this.#unjudged ? [to] : [];
    await this.slots.keep([this.#options.slot, await this.slots.current(), ...before, ...next]);
  }

  /** What is known of other versions. */
  #rest(): Pick<UpdateMemory, 'setAside' | 'from'> & Pick<UpdateMemory, 'phase' | 'attempts'> {
    const { from, setAside: aside } = this.#memory;
    return { phase: 'none', attempts: 0, setAside: aside, ...(from === undefined ? {} : { from }) };
  }

  async #write(memory: UpdateMemory): Promise<void> {
    this.#memory = memory;
    await this.#file.write(memory);
  }
}
