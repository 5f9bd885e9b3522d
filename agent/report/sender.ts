/** Sends one commit after the other: what is taken from the spool is given up only when the gateway has it. */
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
import type { Piece } from '../telemetry/collector.ts';
import type { Portion, Taken } from '../telemetry/spool/portion.ts';
import type { DiskSpool } from '../telemetry/spool/spool.ts';
import { added, askedRoom, segmentRoom, spentOn } from './day-budget.ts';
import type { Exported } from './exported.ts';
import { Line } from './line.ts';
import { type ReportMemory, type ReportState, unlessDiskFull } from './report-state.ts';
import { makeStatusCommit, type StatusCommit } from './status-commit.ts';
import { type PushedCommit, pushTelemetry } from './telemetry-push.ts';

export interface SenderOptions {
  readonly fleet: string;
  readonly device: string;
  readonly key: SshKey;
  readonly dialler: Dialler;
  readonly clock: Clock;
  readonly spool: DiskSpool;
  readonly exported: Exported;
}

interface Commit {
  readonly status: Uint8Array;
  readonly message: string;
}

export interface Outgoing {
  readonly portion: Portion;
  readonly asked: boolean;
  /** Its status is a new one, with what was dropped. */
  readonly saysLost: boolean;
  /** @returns undefined: it is not worth a commit */
  make(taken: Taken): Commit | undefined;
  /** What is remembered of it once it is pushed. */
  readonly said: () => Partial<ReportState>;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #memory: ReportMemory;
  readonly #line = new Line();

  constructor(options: SenderOptions, memory: ReportMemory) {
    this.#options = options;
    this.#memory = memory;
  }

  get isDown(): boolean {
    return this.#line.isDown;
  }

  /** What the next commit may take along. @param maxBytes of the day */
  portion(first: Portion['first'], maxBytes: number, asked: boolean): Portion {
    const spent = spentOn(this.#memory.state.spent, this.#options.clock.now());
    const ofAsked = asked ? askedRoom(spent, maxBytes) : Number.POSITIVE_INFINITY;
    return this.#line.portion(first, Math.min(segmentRoom(spent, maxBytes), ofAsked));
  }

  /** @returns bytes that were sent; undefined: it was not worth a commit @throws TowlineError GIT_PUSH_REFUSED, AGENT_… */
  async send(
    { portion, asked, make, said, saysLost }: Outgoing,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { spool, clock, exported } = this.#options;
    const taken = await spool.take(portion, saysLost);
    let heard = false;
    try {
      const commit = make(taken);
      if (commit === undefined) return undefined;
      const { tip, bytes, hasExported } = await this.#push(taken, commit, signal);
      heard = true;
      this.#line.heard(taken.pieces.length);
      const segments = taken.pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
      const sent = { segments, status: Math.max(0, bytes - segments), asked };
      const spent = added(spentOn(this.#memory.state.spent, clock.now()), sent);
      if (hasExported) await spool.forget(exported.files);
      await unlessDiskFull(exported.clear());
      await unlessDiskFull(this.#memory.save({ ...said(), tip, spent }));
      return bytes;
    } catch (error) {
      signal.throwIfAborted();
      if (!heard && this.#line.failed(error, taken.pieces.length)) await spool.refuse();
      throw error;
    } finally {
      await spool.end(heard);
    }
  }

  #push({ pieces }: Taken, commit: Commit, signal: AbortSignal): Promise<PushedCommit> {
    const { device, dialler, exported } = this.#options;
    const besides = exported.paths;
    const make = (parent: string | undefined, goesOn: boolean) =>
      this.make(commit, goesOn ? pieces.filter(({ path }) => !besides.has(path)) : pieces, parent);
    return pushTelemetry({ dialler, device, make, tip: this.#memory.state.tip, exported, signal });
  }

  /** A commit of the branch, signed. */
  make(
    { status, message }: Commit,
    pieces: readonly Pick<Piece, 'path' | 'bytes'>[],
    parent: string | undefined,
  ): StatusCommit {
    const { fleet, device, key, clock } = this.#options;
    const files = new Map<string, Uint8Array>(pieces.map(({ path, bytes }) => [path, bytes]));
    files.set('status.yaml', status);
    return makeStatusCommit({ parent, files, message, device, fleet, timeMs: clock.now(), key });
  }
}
