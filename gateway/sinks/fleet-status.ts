/** Folds what all devices said last into one branch, which any forge renders. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../core/io/clock.ts';
import { supportWords } from '../../core/support/judge.ts';
import { supportKinds } from '../../core/support/table.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { type DeviceRow, deviceRow } from '../fleet-status/device-row.ts';
import type { ShownStatus } from '../fleet-status/shown-status.ts';
import type { StatusBranch } from '../fleet-status/status-branch.ts';
import { type StatusPage, type StoppedMain, sortRows, statusPage } from '../fleet-status/status-page.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import type { Sink, TelemetryRecord } from './sink.ts';

export interface FleetStatusOptions {
  readonly view: FleetViewHolder;
  readonly branch: StatusBranch;
  /** Why the gateway's walk does not reach the head of main, if it does not. */
  readonly stopped?: () => StoppedMain | undefined;
  readonly auditHead?: () => StatusPage['auditHead'];
  readonly clock: Clock;
}

export class FleetStatus implements Sink {
  readonly name = 'fleet-status';
  /** As rows: a branch that cannot be written costs no reading. */
  readonly keeps = true;
  readonly #options: FleetStatusOptions;
  readonly #rows = new Map<string, DeviceRow>();
  /** As on the page, at the last fold: sorting what is nearly sorted is quick. */
  #sorted: readonly DeviceRow[] = [];
  /** Of those that have one to show. */
  readonly #statuses = new Map<string, ShownStatus>();
  /** Changed since the branch was last written. */
  readonly #changed = new Set<string>();
  #read = 0;
  #commits = 0;

  constructor(options: FleetStatusOptions) {
    this.#options = options;
  }

  /** Statuses read and commits written since the start. */
  get counts(): { readonly read: number; readonly commits: number } {
    return { read: this.#read, commits: this.#commits };
  }

  async deliver(records: AsyncIterable<TelemetryRecord>, signal: AbortSignal): Promise<void> {
    const { view: holder, branch, clock } = this.#options;
    const view = holder.current;
    const fleet = view.fleet?.name;
    if (fleet === undefined) return;
    for await (const record of records) this.#keep(record);
    const rows = this.#sort();
    await turn(undefined, { signal });
    const said = { stopped: this.#options.stopped?.(), auditHead: this.#options.auditHead?.() };
    const nowMs = clock.now();
    const page = statusPage({ fleet, commit: view.commit, ...said, rows, nowMs });
    const message = messageOf([...this.#changed].filter(id => this.#rows.has(id)));
    const written = await branch.write(
      { page, status: this.#statuses, changed: this.#changed, message, fleet, nowMs },
      signal,
    );
    this.#changed.clear();
    if (written) this.#commits += 1;
  }

  /** Of each kind those that have ended, and those that soon will. */
  metrics(): Metric[] {
    const nowMs = this.#options.clock.now();
    const words = [...this.#rows.values()].flatMap(({ support }) => supportWords(support, nowMs));
    return supportKinds.flatMap(of =>
      (['ended', 'ending'] as const).map(state => ({
        ...gauge(
          'towline_gateway_devices_out_of_support',
          'Devices with something that is out of support (ended), or will be in 90 days (ending).',
          words.filter(word => word.kind === of && word.state === state).length,
        ),
        labels: { of, state },
      })),
    );
  }

  #keep(record: TelemetryRecord): void {
    const { device: id } = record;
    if (record.kind === 'report') this.#read += 1;
    const row = rowOf(record);
    this.#changed.add(id);
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    if (row?.status === undefined) this.#statuses.delete(id);
    else this.#statuses.set(id, row.status);
  }

  #sort(): readonly DeviceRow[] {
    if (this.#changed.size === 0) return this.#sorted;
    const added = [...this.#changed].flatMap(id => this.#rows.get(id) ?? []);
    const stayed = this.#sorted.filter(({ id }) => !this.#changed.has(id));
    this.#sorted = sortRows([...stayed, ...added]);
    return this.#sorted;
  }
}

/** @returns undefined: the device left the fleet. */
function rowOf(record: TelemetryRecord): DeviceRow | undefined {
  if (record.kind === 'gone') return undefined;
  const { device: id, revoked } = record;
  return record.kind === 'report'
    ? deviceRow({ id, revoked, hasKeys: true }, record.report)
    : deviceRow({ id, revoked, hasKeys: record.hasKeys }, undefined);
}

function messageOf(changed: readonly string[]): string {
  const shown = changed.slice(0, 5).join(', ');
  if (changed.length === 0) return 'The fleet changed\n';
  if (changed.length <= 5) return `Heard from ${shown}\n`;
  return `Heard from ${changed.length} devices\n\n${shown} and ${changed.length - 5} more\n`;
}
