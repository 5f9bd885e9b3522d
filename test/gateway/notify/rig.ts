/** What is told of devices that a test lets speak and fall silent, with time that passes when the test says so. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import { FleetView, type ViewDevice } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { notifyLegs } from '../../../gateway/notify/notify-settings.ts';
import { Receiver } from '../../../gateway/notify/receiver.ts';
import { ReceiverFilter } from '../../../gateway/notify/receiver-filter.ts';
import type { TelemetryRecord } from '../../../gateway/sinks/sink.ts';
import { DeviceSource } from '../../../gateway/transitions/device/device-source.ts';
import { HandOver } from '../../../gateway/transitions/hand-over.ts';
import { TransitionLedger } from '../../../gateway/transitions/ledger.ts';
import type { FleetFile, NotifyReceiver, StatusFile } from '../../../schemas/types.generated.ts';

export const never = new AbortController().signal;
export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

export class SetClock implements Clock {
  wallMs: number;
  monotonicMs = 0;

  constructor(wallMs = Date.UTC(2026, 6, 1)) {
    this.wallMs = wallMs;
  }

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.monotonicMs;
  }

  async sleep(ms: number): Promise<void> {
    this.pass(ms);
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }
}

export const minutes = (count: number): number => count * 60_000;

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `pump-${String(at + 1).padStart(4, '0')}`);
}

export function viewDevice(id: string, labels: Readonly<Record<string, string>> = {}): ViewDevice {
  return { id, file: { apiVersion: 'towline/v1' }, groups: [], labels };
}

export function viewOf(
  devices: readonly ViewDevice[],
  file: Partial<FleetFile> = {},
  more: Partial<ConstructorParameters<typeof FleetView>[0]> = {},
): FleetView {
  return new FleetView({
    commit: 'c'.repeat(40),
    fleet: { apiVersion: 'towline/v1', name: 'acme', gateways: [], ...file },
    devices,
    operators: [],
    desiredTunnel: () => undefined,
    ...more,
  });
}

export function statusOf(device: string, more: Partial<StatusFile> = {}): StatusFile {
  return {
    ...{ apiVersion: 'towline/v1', fleet: 'acme', device, time: '2026-07-01T00:00:00Z' },
    ...{ agent: { version: '1' }, trusted: { commit: 'c'.repeat(40) }, outcome: 'unchanged' },
    ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
    ...more,
  };
}

/** @param word tells this report from the one before */
export function reportOf(device: string, word: string, more: Partial<StatusFile> = {}): TelemetryRecord {
  const tip = createHash('sha1').update(`${device} ${word}`).digest('hex');
  const status = statusOf(device, more);
  return { kind: 'report', device, revoked: false, tip, report: { kind: 'said', status, blob: tip } };
}

async function* streamOf(records: readonly TelemetryRecord[]) {
  yield* records;
}

export interface TellingOptions {
  readonly folder: string;
  readonly view: FleetView;
  readonly clock: SetClock;
  readonly receivers: readonly NotifyReceiver[];
  readonly log?: Log;
}

/** A gateway's transitions and messages, without the gateway: each step is taken when the test takes it. */
export class Telling {
  readonly ledger: TransitionLedger;
  readonly source: DeviceSource;
  readonly receivers: readonly Receiver[];
  readonly view: FleetViewHolder;
  readonly #handOver: HandOver;
  readonly #clock: SetClock;

  static async open({
    folder,
    view,
    clock,
    receivers: files,
    log = quiet,
  }: TellingOptions): Promise<Telling> {
    const holder = new FleetViewHolder(view);
    const receivers: Receiver[] = [];
    for (const { file, name, folder: own, carrier, aliveMs } of notifyLegs(files, clock)) {
      const given = { name, carrier, aliveMs, filter: new ReceiverFilter(file), clock, log, fleet: 'acme' };
      const linkOf = (commit: string) => `https://forge.example.com/${commit}`;
      const vitals = () => ({ audit: 'head' });
      const where = { folder: path.join(folder, 'notify', own), view: holder, linkOf, vitals };
      receivers.push(await Receiver.open({ ...given, ...where }));
    }
    const heard = Math.max(0, ...receivers.map(({ through }) => through ?? 0));
    const ledger = await TransitionLedger.open(path.join(folder, 'transitions'), log, heard);
    const handOver = await HandOver.open({ ledger, listeners: receivers, clock, log: quiet });
    return new Telling(
      { ledger, receivers, view: holder, source: new DeviceSource({ ledger, view: holder, clock }) },
      handOver,
      clock,
    );
  }

  private constructor(
    parts: Pick<Telling, 'ledger' | 'source' | 'receivers' | 'view'>,
    handOver: HandOver,
    clock: SetClock,
  ) {
    this.#clock = clock;
    this.ledger = parts.ledger;
    this.source = parts.source;
    this.receivers = parts.receivers;
    this.view = parts.view;
    this.#handOver = handOver;
  }

  /** These are what devices say, and it is looked who says nothing. */
  async hear(...records: readonly TelemetryRecord[]): Promise<void> {
    await this.source.deliver(streamOf(records), never);
    await this.#handOver.handAll();
  }

  /** Nothing is heard of anybody for so many minutes, and the gateway runs. */
  async silence(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 4) {
      this.#clock.pass(minutes(Math.min(4, left)));
      await this.hear();
    }
  }

  /** What is due is sent. */
  async send(): Promise<void> {
    await this.#handOver.handAll();
    for (const receiver of this.receivers) await receiver.look(never);
  }

  async close(): Promise<void> {
    await this.ledger.close();
    for (const receiver of this.receivers) await receiver.close();
  }
}

export function ownFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-notify-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
