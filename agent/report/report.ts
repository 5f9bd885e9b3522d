/**
 * Report: status and segments → signed commits of the telemetry branch, one after the other, by one known tip. What cannot be
 * pushed waits in the spool, and is removed from it only when the gateway has taken it in.
 */
import path from 'node:path';
import { stringify } from 'yaml';
import type { DeviceSettings } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { LastLog } from '../runtime/runtime.ts';
import type { Lost } from '../telemetry/spool/losses.ts';
import type { Portion, Taken } from '../telemetry/spool/portion.ts';
import { Exported } from './exported.ts';
import { lastSegment } from './last-segment.ts';
import { none } from './line.ts';
import { lostIn, nothingLost } from './lost-words.ts';
import { ReportMemory, type ReportState, unlessDiskFull } from './report-state.ts';
import { Sender, type SenderOptions } from './sender.ts';
import { sinceItRuns, statusDigest, withSince } from './status-digest.ts';
import { segmentsMessage, statusMessage } from './status-message.ts';

export interface ReportOptions extends Omit<SenderOptions, 'exported'> {
  /** `<stateDirectory>/report`. */
  readonly folder: string;
}

export type ReportSettings = Pick<DeviceSettings, 'telemetryMaxBytesPerDay' | 'telemetryMaxOutboxBytes'>;

export interface Publication {
  readonly status: StatusFile;
  /** Of the trusted commit; undefined: none was read, and nothing but the status goes. */
  readonly settings: ReportSettings | undefined;
  /** The telemetry schedule says that something is sent even when nothing has changed. */
  readonly due: boolean;
  /** How long the pass took so far, milliseconds. */
  readonly tookMs?: number;
  /** Has collectors put into the spool what they hold; absent: no segments go along. */
  readonly settle?: () => Promise<void>;
}

/** `asked`: by the gateway. `urgent`: something has happened. `full`: enough waits for a commit of its own. */
export type FlushCause = 'asked' | 'urgent' | 'full';

export type Flushed =
  | { readonly kind: 'pushed'; readonly bytes: number; readonly left: boolean; readonly isBack: boolean }
  /** Nothing waits, or the day has no room for it. */
  | { readonly kind: 'nothing' | 'no room' };

export class Report {
  readonly #options: ReportOptions & SenderOptions;
  readonly #memory: ReportMemory;
  readonly #sender: Sender;
  /** Of the last status that was made, whether or not anybody has heard it. */
  #noted: Pick<StatusFile, 'conditions' | 'projects'>;
  #made: StatusFile | undefined;
  /** The status that this run has pushed last. */
  #pushed: { readonly status: StatusFile; readonly bytes: Uint8Array } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: ReportOptions & SenderOptions, memory: ReportMemory) {
    this.#options = options;
    this.#memory = memory;
    this.#sender = new Sender(options, memory);
    this.#noted = memory.state;
  }

  /** What it remembers may be lost (then the branch's tip is asked for again); it never stops the agent. */
  static async open(options: ReportOptions): Promise<Report> {
    const { folder } = options;
    const exported = await Exported.open(path.join(folder, 'exported'));
    return new Report({ ...options, exported }, await ReportMemory.open(path.join(folder, 'state')));
  }

  /** What the status that was pushed last said of the projects. */
  get last(): Pick<ReportState, 'projects' | 'applied'> {
    return this.#memory.state;
  }

  /** The last push was not heard: nothing but a status goes until one is. */
  get isDown(): boolean {
    return this.#sender.isDown;
  }

  /**
   * Pushes when the status says something new or the schedule is due. What cannot be pushed waits in the spool.
   * @returns whether a commit was pushed
   * @throws TowlineError GIT_PUSH_REFUSED, AGENT_…
   */
  publish(publication: Publication, signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(() => this.#publish(publication, signal));
  }

  /**
   * Pushes what waits, with the status as it was pushed last. After an outage the newest status goes first, by itself.
   * @throws TowlineError GIT_PUSH_REFUSED, AGENT_…
   */
  flush(cause: FlushCause, settings: ReportSettings, signal: AbortSignal): Promise<Flushed> {
    return this.#inTurn(() => this.#flush(cause, settings, signal));
  }

  /**
   * What waits, in commits that are kept, for a person to carry away: from the last commit on that the gateway has.
   * @returns how many commits that are, and a bundle of them as git has it
   * @throws TowlineError AGENT_CONTROL before the first status was made
   */
  export(): Promise<{ readonly commits: number; readonly bundle: Buffer }> {
    return this.#inTurn(() => this.#export());
  }

  /** What comes while a pass goes on; it is sent with the next status. */
  async keep(log: LastLog): Promise<void> {
    await unlessDiskFull(this.#options.spool.put(lastSegment(log)));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #export(): Promise<{ readonly commits: number; readonly bundle: Buffer }> {
    const { spool, exported, device } = this.#options;
    const { tip, projects: before } = this.#memory.state;
    if (this.#made === undefined)
      throw new TowlineError('AGENT_CONTROL', 'the first pass of this agent has not ended yet');
    if (exported.room === undefined || (await exported.objects()) === undefined) await exported.clear();
    const { room = { maxBytes: 0, maxPieces: 0 } } = exported;
    const pieces = await spool.copy(room, exported.files);
    const status = this.#complete(this.#made, nothingLost);
    const message = statusMessage({ status, before, pieces });
    const commit = this.#sender.make(
      { status: Buffer.from(stringify(status)), message },
      pieces,
      exported.tip ?? tip,
    );
    await exported.add(commit, pieces, tip);
    const bundle = await exported.bundle(telemetryRef(device));
    if (bundle === undefined)
      throw new TowlineError('AGENT_CONTROL', 'what was exported cannot be read again');
    return { commits: exported.count, bundle };
  }

  async #publish(publication: Publication, signal: AbortSignal): Promise<boolean> {
    const { status, settings, due, settle, tookMs } = publication;
    this.#made = status;
    if (settings !== undefined)
      await unlessDiskFull(this.#options.spool.bound(settings.telemetryMaxOutboxBytes));
    if (statusDigest(status) === this.#memory.state.pushed && !due) return false;
    if (!this.isDown) await settle?.();
    const room = settings === undefined || settle === undefined ? 0 : settings.telemetryMaxBytesPerDay;
    const portion = this.#sender.portion('oldest', room, false);
    await this.#sendStatus(status, portion, { tookMs, asked: false }, signal);
    return true;
  }

  async #flush(cause: FlushCause, settings: ReportSettings, signal: AbortSignal): Promise<Flushed> {
    const { spool } = this.#options;
    if (this.#made === undefined) return { kind: 'nothing' };
    const asked = cause === 'asked';
    const { waiting } = spool;
    if (this.isDown) {
      const bytes = await this.#sendStatus(this.#made, none, { asked }, signal);
      return { kind: 'pushed', bytes: bytes ?? 0, left: waiting.pieces > 0, isBack: true };
    }
    if (waiting.pieces === 0) return { kind: 'nothing' };
    const first = cause === 'full' ? 'oldest' : 'newest';
    const portion = this.#sender.portion(first, settings.telemetryMaxBytesPerDay, asked);
    const bytes =
      this.#pushed === undefined
        ? await this.#sendStatus(this.#made, portion, { asked }, signal)
        : await this.#sendSegments(this.#pushed, portion, asked, signal);
    if (bytes === undefined) return { kind: 'no room' };
    return { kind: 'pushed', bytes, left: spool.waiting.pieces > 0, isBack: false };
  }

  #sendStatus(
    status: StatusFile,
    portion: Portion,
    { tookMs, asked }: { readonly tookMs?: number | undefined; readonly asked: boolean },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    let made = { status, bytes: Buffer.alloc(0) };
    const make = ({ pieces, lost }: Taken) => {
      const whole = this.#complete(status, lost);
      made = { status: whole, bytes: Buffer.from(stringify(whole)) };
      const message = statusMessage({ status: whole, before: this.#memory.state.projects, tookMs, pieces });
      return { status: made.bytes, message };
    };
    const said = (): Partial<ReportState> => {
      this.#pushed = made;
      const { conditions, projects, applied } = made.status;
      return { pushed: statusDigest(status), conditions, projects, applied };
    };
    return this.#sender.send({ portion, asked, make, said, saysLost: true }, signal);
  }

  #sendSegments(
    { status, bytes }: { readonly status: StatusFile; readonly bytes: Uint8Array },
    portion: Portion,
    asked: boolean,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const make = ({ pieces }: Taken) =>
      pieces.length === 0 ? undefined : { status: bytes, message: segmentsMessage({ status, pieces }) };
    return this.#sender.send({ portion, asked, make, said: () => ({}), saysLost: false }, signal);
  }

  #complete(status: StatusFile, gone: Lost): StatusFile {
    const lost = lostIn(gone);
    const noted = {
      conditions: withSince(status.conditions, this.#noted.conditions, status.time),
      projects: sinceItRuns(status.projects, this.#noted.projects, status.time),
    };
    this.#noted = noted;
    return { ...status, ...(lost === undefined ? {} : { lost }), ...noted };
  }
}
