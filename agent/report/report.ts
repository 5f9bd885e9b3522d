/** Report: status, recent logs → one signed commit of the telemetry branch, by way of a durable outbox. */
import path from 'node:path';
import { stringify } from 'yaml';
import type { DeviceSettings } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { LastLog, Runtime } from '../runtime/runtime.ts';
import { collectLog, type LogCursor, type LoggedContainer, lastSegment } from './log-collector.ts';
import { Outbox, type Segment } from './outbox.ts';
import { emptyReportState, parseReportState, type ReportState } from './report-state.ts';
import { makeStatusCommit } from './status-commit.ts';
import { sinceItRuns, statusDigest, withSince } from './status-digest.ts';
import { statusMessage } from './status-message.ts';
import { pushTelemetry } from './telemetry-push.ts';

export interface ReportOptions {
  /** `<stateDirectory>/report`. */
  readonly folder: string;
  readonly fleet: string;
  readonly device: string;
  readonly key: SshKey;
  readonly dialler: Dialler;
  readonly clock: Clock;
}

export interface Publication {
  readonly status: StatusFile;
  readonly containers: readonly LoggedContainer[];
  readonly settings: Pick<
    DeviceSettings,
    'telemetryLogs' | 'telemetryMaxBytesPerDay' | 'telemetryMaxOutboxBytes'
  >;
  readonly runtime: Pick<Runtime, 'logs'>;
  /** The telemetry schedule says that something is sent even when nothing has changed. */
  readonly due: boolean;
}

/** Log bytes in one commit; what waits beyond them goes with the next. */
const maxCommitBytes = 4 * 1024 * 1024;

/** An engine that does not answer keeps no status back: what is not read by then comes with the next one, milliseconds. */
const longestCollectionMs = 20_000;

/** A device whose disk is full says so, if nothing else. What could not be written is kept in memory. */
async function unlessDiskFull(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isDiskFull(error)) throw error;
  });
}

export class Report {
  readonly #options: ReportOptions;
  readonly #file: CheckedFile<ReportState>;
  readonly #outbox: Outbox;
  #state: ReportState;
  /** Of the last status that was made, whether or not anybody has heard it. */
  #noted: Pick<StatusFile, 'conditions' | 'projects'>;

  private constructor(
    options: ReportOptions,
    file: CheckedFile<ReportState>,
    outbox: Outbox,
    state: ReportState,
  ) {
    this.#options = options;
    this.#file = file;
    this.#outbox = outbox;
    this.#state = state;
    this.#noted = state;
  }

  /** What it remembers may be lost (then the branch's tip is asked for again); it never stops the agent. */
  static async open(options: ReportOptions): Promise<Report> {
    const file = new CheckedFile(path.join(options.folder, 'state'), parseReportState);
    const found = await file.read();
    const outbox = await Outbox.open(path.join(options.folder, 'outbox'));
    return new Report(options, file, outbox, found.kind === 'value' ? found.value : emptyReportState);
  }

  /** What the status that was pushed last said of the projects. */
  get last(): Pick<ReportState, 'projects' | 'applied'> {
    return this.#state;
  }

  /**
   * Pushes when the status says something new or the schedule is due. What cannot be pushed waits in the outbox.
   * @returns whether a commit was pushed
   * @throws TowlineError GIT_PUSH_REFUSED, AGENT_…
   */
  async publish(publication: Publication, signal: AbortSignal): Promise<boolean> {
    const digest = statusDigest(publication.status);
    if (digest === this.#state.pushed && !publication.due) return false;
    if (publication.settings.telemetryLogs) await unlessDiskFull(this.#collect(publication, signal));
    const today = new Date(this.#options.clock.now()).toISOString().slice(0, 10);
    const spent = this.#state.day === today ? this.#state.dayBytes : 0;
    const room = Math.min(maxCommitBytes, Math.max(0, publication.settings.telemetryMaxBytesPerDay - spent));
    const taken =
      room === 0 ? { files: new Map<string, Uint8Array>(), names: [] } : await this.#outbox.take(room);
    const status = this.#complete(publication.status);
    const files = new Map(taken.files).set('status.yaml', Buffer.from(stringify(status)));
    const { fleet, device, key, dialler, clock } = this.#options;
    const message = statusMessage(status, taken.names.length);
    const timeMs = clock.now();
    const make = (parent: string | undefined) =>
      makeStatusCommit({ parent, files, message, device, fleet, timeMs, key });
    const { tip, bytes } = await pushTelemetry({ dialler, device, make, tip: this.#state.tip, signal });
    const said = {
      tip,
      pushed: digest,
      day: today,
      dayBytes: spent + bytes,
      lostLines: 0,
      lostBytes: 0,
      conditions: status.conditions,
      projects: status.projects,
      applied: status.applied,
    };
    await unlessDiskFull(this.#save(said));
    await this.#outbox.remove(taken.names);
    return true;
  }

  /** What comes while a pass goes on; it is sent with the next status. */
  async keep(log: LastLog, maxBytes: number): Promise<void> {
    await unlessDiskFull(this.#add(lastSegment(log), maxBytes));
  }

  async #add(segment: Segment, maxBytes: number): Promise<void> {
    const lost = await this.#outbox.add(segment, maxBytes);
    if (lost.logLines === 0) return;
    const { lostLines, lostBytes } = this.#state;
    await this.#save({ lostLines: lostLines + lost.logLines, lostBytes: lostBytes + lost.logBytes });
  }

  async #collect({ containers, runtime, settings }: Publication, signal: AbortSignal): Promise<void> {
    const cursors: Record<string, LogCursor> = {};
    let { lostLines, lostBytes } = this.#state;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(longestCollectionMs)]);
    for (const container of containers) {
      const known = this.#state.cursors[container.id];
      const nowMs = this.#options.clock.now();
      const collected = await collectLog(runtime, { container, known, nowMs }, inTime).catch(
        (error: unknown) => {
          signal.throwIfAborted();
          if (inTime.aborted) return undefined;
          throw error;
        },
      );
      const cursor = collected?.cursor ?? known;
      if (cursor !== undefined) cursors[container.id] = cursor;
      if (collected?.segment === undefined) continue;
      const lost = await this.#outbox.add(collected.segment, settings.telemetryMaxOutboxBytes);
      lostLines += lost.logLines;
      lostBytes += lost.logBytes;
    }
    if (JSON.stringify(cursors) === JSON.stringify(this.#state.cursors)) return;
    await this.#save({ cursors, lostLines, lostBytes });
  }

  #complete(status: StatusFile): StatusFile {
    const { lostLines, lostBytes } = this.#state;
    const lost = lostLines === 0 ? {} : { lost: { logLines: lostLines, logBytes: lostBytes } };
    const noted = {
      conditions: withSince(status.conditions, this.#noted.conditions, status.time),
      projects: sinceItRuns(status.projects, this.#noted.projects, status.time),
    };
    this.#noted = noted;
    return { ...status, ...lost, ...noted };
  }

  async #save(change: Partial<ReportState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#file.write(this.#state);
  }
}
