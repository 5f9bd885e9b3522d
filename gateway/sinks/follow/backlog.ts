/** What a sink has not been told yet: devices in turn, of each the oldest commit first, as many records as a batch holds. */
import { setImmediate as turn } from 'node:timers/promises';
import type { CommitPiece } from '../../../core/telemetry/commit-records.ts';
import type { TelemetryCommit } from '../../../core/telemetry/commit-segments.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { ViewDevice } from '../../fleet/fleet-view.ts';
import { Batch, type BatchLimits } from './batch.ts';
import type { FollowedSink } from './followed-sink.ts';
import { OpenCommit } from './open-commit.ts';
import type { Position } from './position.ts';
import { SigningKeys } from './signing-keys.ts';

/** Of one device before the next has its turn. */
const commitsInTurn = 64;
/** And records of it: what is small on the wire may be many, and who waits is not to wait for all of them. */
const recordsInTurn = 20_000;
/** Of work in one go, milliseconds: then others of the gateway have their turn. */
const goMs = 15;
/** A batch goes with what it has: where little passes the filter, the first of it would wait for the end of a long backlog. */
const longestGatherMs = 1000;
/** The gateway's clock is believed this far: a commit of 2099, or of the year 9999, is made up. */
const maxAheadMs = 24 * 3_600_000;
const pieceKinds = { logs: 'log', events: 'event', metrics: 'metrics' } as const;

/** A device whose turn it is. */
interface Turn {
  readonly device: ViewDevice;
  readonly sinceMs: number;
  readonly ids: ObjectId[];
  readonly more: boolean;
  /** Deliveries of the first commit that were delivered before. */
  skip: number;
  /** Records of it that were looked at in this turn. */
  told: number;
  /** A commit that is none of this device's was logged in this turn: a thousand of them are no reason for a thousand lines. */
  warned: boolean;
}

const newTurn = { skip: 0, told: 0, warned: false };

export class Backlog {
  readonly #of: FollowedSink;
  readonly #limits: BatchLimits;
  /** Device → since when there is something of it. In the order of their turns. */
  readonly #behind = new Map<string, number>();
  readonly #keys: SigningKeys;
  #turn: Turn | undefined;
  #open: OpenCommit | undefined;
  #wentMs = 0;

  constructor(of: FollowedSink, limits: BatchLimits) {
    this.#of = of;
    this.#limits = limits;
    this.#keys = new SigningKeys(of.keys);
  }

  /** Devices of which there is something. */
  get behind(): number {
    return this.#behind.size + (this.#turn === undefined ? 0 : 1);
  }

  /** Since when the first of them waits, by the monotonic clock. */
  get sinceMs(): number | undefined {
    let since = this.#turn?.sinceMs;
    for (const ms of this.#behind.values()) since = Math.min(since ?? ms, ms);
    return since;
  }

  /** Its branch moved, or it is seen for the first time. */
  moved(device: string): void {
    if (!this.#behind.has(device)) this.#behind.set(device, this.#of.clock.monotonic());
  }

  /** What was read and not delivered is read again. */
  reset(): void {
    if (this.#turn !== undefined) this.#behind.set(this.#turn.device.id, this.#turn.sinceMs);
    this.#turn = undefined;
    this.#open = undefined;
    this.#keys.forgetAll();
  }

  /** @returns an empty one where there is nothing more */
  async next(signal: AbortSignal): Promise<Batch> {
    const { clock } = this.#of;
    const batch = new Batch(this.#limits);
    const untilMs = clock.monotonic() + longestGatherMs;
    const breathe = () => this.#breathe(signal);
    try {
      while (!batch.isFull && (batch.isEmpty || clock.monotonic() < untilMs)) {
        if (this.#open === undefined && !(await this.#openNext(batch, signal))) break;
        if (this.#open !== undefined && (await this.#open.fill(batch, breathe))) {
          if (this.#turn !== undefined) this.#turn.told += this.#open.count;
          this.#open = undefined;
        }
        await breathe();
      }
      return batch;
    } catch (error) {
      // Nothing of it was sent: its devices are behind as they were.
      for (const device of batch.ends.keys()) this.moved(device);
      this.reset();
      throw error;
    }
  }

  async #breathe(signal: AbortSignal): Promise<void> {
    const { clock } = this.#of;
    if (clock.monotonic() - this.#wentMs < goMs) return;
    await turn(undefined, { signal });
    this.#wentMs = clock.monotonic();
  }

  /** @returns false where nothing is left. It may have opened nothing all the same. */
  async #openNext(batch: Batch, signal: AbortSignal): Promise<boolean> {
    this.#turn ??= await this.#nextTurn(batch, signal);
    const { shared, counts, log, fleet, clock, begun } = this.#of;
    const now = this.#turn;
    if (now === undefined) return this.#behind.size > 0;
    const id = now.told < recordsInTurn ? now.ids[0] : undefined;
    if (id === undefined) {
      this.#turn = undefined;
      const { id: device } = now.device;
      if (now.more || now.ids.length > 0)
        this.#behind.set(device, Math.min(now.sinceMs, this.#behind.get(device) ?? now.sinceMs));
      else begun.forget(device);
      return true;
    }
    const { id: device, labels, groups } = now.device;
    const commit = await shared.commit(id, this.#keys.of(device));
    now.ids.shift();
    if (commit.kind !== 'verified') {
      counts.skipped[commit.kind === 'cut' ? 'cut' : 'forged'] += 1;
      const why = commit.kind === 'cut' ? 'it was cut off' : commit.why;
      if (!now.warned) log.warn({ device, commit: id, why }, 'a telemetry commit is not delivered');
      now.warned = true;
      batch.ends.set(device, { commit: id, through: undefined });
      return true;
    }
    this.#keys.signed(device, commit.key);
    const nowMs = clock.now();
    const commitMs = commit.timeMs > nowMs + maxAheadMs ? nowMs : commit.timeMs;
    const origin = { fleet, device, labels, groups, commit: id, commitMs };
    batch.sinceMs = Math.min(batch.sinceMs, now.sinceMs);
    this.#open = new OpenCommit(this.#of, { origin, pieces: this.#pieces(commit), skip: now.skip });
    now.skip = 0;
    return true;
  }

  #pieces({ segments }: TelemetryCommit & { kind: 'verified' }): AsyncIterator<CommitPiece> {
    const { shared, filter } = this.#of;
    return shared.records(segments, ({ place }) => filter.takesKind(pieceKinds[place.kind]));
  }

  /** The next device that has something for this sink. */
  async #nextTurn(batch: Batch, signal: AbortSignal): Promise<Turn | undefined> {
    const [next] = this.#behind;
    if (next === undefined) return undefined;
    const [id, sinceMs] = next;
    // Taken away first: what moves meanwhile is behind again.
    this.#behind.delete(id);
    try {
      return await this.#turnFor(batch, { id, sinceMs }, signal);
    } catch (error) {
      this.#behind.set(id, sinceMs);
      throw error;
    }
  }

  async #turnFor(
    batch: Batch,
    { id, sinceMs }: { readonly id: string; readonly sinceMs: number },
    signal: AbortSignal,
  ): Promise<Turn | undefined> {
    const { view, refs, positions, filter, sink } = this.#of;
    const device = view.current.devices.get(id);
    const tip = refs().get(telemetryRef(id));
    if (device === undefined || device.file.revoked === true) {
      sink.forget?.(id);
      this.#keys.forget(id);
      if (device === undefined && tip === undefined) positions.forget(id);
      return undefined;
    }
    if (tip === undefined) return undefined;
    if (!filter.takesDevice(device)) {
      batch.ends.set(id, { commit: tip, through: undefined });
      return undefined;
    }
    const position = batch.ends.get(id) ?? positions.get(id);
    if (position === undefined && sink.isMemory === true)
      return { ...newTurn, device, sinceMs, ids: [tip], more: false };
    return await this.#turnOf(device, { tip, position, sinceMs }, signal);
  }

  async #turnOf(
    device: ViewDevice,
    at: { readonly tip: ObjectId; readonly position: Position | undefined; readonly sinceMs: number },
    signal: AbortSignal,
  ): Promise<Turn> {
    const { shared, counts, log } = this.#of;
    const { tip, position, sinceMs } = at;
    const branch = { device: device.id, tip };
    const following = await shared.lineage.following(branch, position?.commit, commitsInTurn, signal);
    const { ids, more, lost } = following;
    if (lost !== 'no') {
      counts.skipped.cut += 1;
      this.#keys.forget(device.id);
      log.warn(
        { device: device.id, lost },
        'what came after the last delivered commit is not on the branch any more',
      );
    }
    const isBegun = position?.through !== undefined && lost === 'no';
    if (!isBegun) return { ...newTurn, device, sinceMs, ids: [...ids], more };
    const skip = position.through ?? 0;
    return { ...newTurn, device, sinceMs, ids: [position.commit, ...ids], more, skip };
  }
}
