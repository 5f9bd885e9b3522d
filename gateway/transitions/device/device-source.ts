/** Transitions of devices: out of what each last said of itself, and out of its silence. */
import type { Clock } from '../../../core/io/clock.ts';
import { darkAfterMs } from '../../../core/status/dark.ts';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import { releaseSteps } from '../../../core/telemetry/release-steps.ts';
import { saidConditions, saidTypes } from '../../../core/telemetry/said-conditions.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { Sink, TelemetryRecord } from '../../sinks/sink.ts';
import type { Change, TransitionLedger } from '../ledger.ts';
import { happened, opened, resolved } from '../make-transition.ts';
import type { NumberedTransition, Transition } from '../transition.ts';
import { Darkness } from './darkness.ts';

export interface DeviceSourceOptions {
  readonly ledger: TransitionLedger;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
}

type Report = Extract<TelemetryRecord, { kind: 'report' }>;

/** Written at once. */
const batchSize = 200;
/** How often it is looked who is silent. */
const lookMs = 1000;
/** Set once all devices were looked at: what is found before that is how things were. */
const baseline = 'baseline devices';
const saidByReports: ReadonlySet<string> = new Set(saidTypes);

export class DeviceSource implements Sink {
  readonly name = 'transitions';
  readonly #options: DeviceSourceOptions;
  readonly #darkness = new Darkness();
  /** They are not expected to say anything: retired, or brought by hand. */
  readonly #excused = new Set<string>();
  readonly #trusted = new Map<string, ObjectId>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: DeviceSourceOptions) {
    this.#options = options;
  }

  /** What each device has said that it trusts. */
  get trusted(): ReadonlyMap<string, ObjectId> {
    return this.#trusted;
  }

  /** What was handed and is not on the disk comes again: all of it follows from what is open now. */
  async deliver(records: AsyncIterable<TelemetryRecord>, _signal: AbortSignal): Promise<void> {
    const { ledger } = this.#options;
    let changes: Change[] = [];
    const write = async () => {
      const joined = joinedOf(changes);
      changes = [];
      await ledger.note(joined);
    };
    for await (const record of records) {
      this.#darkness.alive(this.#options.clock.monotonic());
      changes.push(this.#changeBy(record));
      if (changes.length >= batchSize) await write();
    }
    changes.push({ transitions: [], facts: [[baseline, 'done']] });
    await write();
    const found = this.#look();
    for (let at = 0; at < found.length; at += batchSize)
      await ledger.note({ transitions: found.slice(at, at + batchSize) });
  }

  #changeBy(record: TelemetryRecord): Change {
    const { device } = record;
    if (record.kind === 'gone' || record.revoked) return this.#left(device, record.kind);
    if (record.kind === 'silent') return { transitions: [] };
    const { report, tip } = record;
    const nowMs = this.#options.clock.monotonic();
    if (report.kind === 'doubtful') return { transitions: this.#doubtful(record, report) };
    this.#darkness.see(device, tip, nowMs);
    const { status } = report;
    this.#trusted.set(device, status.trusted.commit);
    if (isExcused(status)) this.#excused.add(device);
    else this.#excused.delete(device);
    const steps = this.#steps(record, status);
    return { ...steps, transitions: [...this.#said(record, status), ...steps.transitions] };
  }

  /** A key that is no longer the fleet's has its own message: the commit that took it away. */
  #left(device: string, kind: TelemetryRecord['kind']): Change {
    const { ledger } = this.#options;
    this.#darkness.forget(device);
    this.#excused.delete(device);
    this.#trusted.delete(device);
    const ended = kind === 'gone' ? 'left the fleet' : 'revoked';
    const open = ledger.conditionsOf(device).filter(isOfDevice);
    const facts = ledger.factsOf(`release ${device}/`).map(name => [name, undefined] as const);
    const transitions = open.map(each => this.#end(each, { data: { ended } }));
    return { transitions, facts: kind === 'gone' ? facts : [] };
  }

  #doubtful({ device, tip }: Report, { doubt, why }: { doubt: string; why: string }): Transition[] {
    if (doubt === 'no key') return [];
    const key = this.#key(`device/${device}`, 'device.doubtful');
    const words = boundedWords(`what it sent is ${doubt}: ${why}`);
    return [opened(key, this.#now, { device, evidence: tip, words })];
  }

  #said({ device, tip }: Report, status: StatusFile): Transition[] {
    const { ledger } = this.#options;
    const { open, unsaid } = saidConditions(status);
    const isOpen = new Set(open.map(({ type, subject }) => `${type} ${subject}`));
    const ended = ledger.conditionsOf(device).filter(condition => {
      const { type, subject } = condition.key;
      if (type === 'device.dark') return condition.evidence !== tip;
      if (type === 'device.doubtful') return true;
      const stays =
        isOpen.has(`${type} ${subject}`) || unsaid.has(subject) || unsaid.has(`${subject}#${type}`);
      return saidByReports.has(type) && !stays;
    });
    return [
      ...ended.map(each => this.#end(each, { evidence: tip })),
      ...open.map(({ type, subject, ...rest }) =>
        opened(this.#key(subject, type), this.#now, { ...rest, device, evidence: tip }),
      ),
    ];
  }

  #steps({ device, tip }: Report, status: StatusFile): Change & { facts: [string, string][] } {
    const { ledger } = this.#options;
    const isBaseline = ledger.fact(baseline) === undefined;
    const transitions: Transition[] = [];
    const facts: [string, string][] = [];
    for (const { app, type, release, mark } of releaseSteps(status)) {
      const fact = `release ${device}/${app}`;
      const before = ledger.fact(fact);
      if (before === mark) continue;
      facts.push([fact, mark]);
      if (before === undefined && isBaseline) continue;
      const commit = status.followed ?? status.trusted.commit;
      const what = { device, app, evidence: tip, commit, ...(release === undefined ? {} : { release }) };
      const key = this.#key(`device/${device}/${app}`, type);
      transitions.push(happened(key, this.#now, what));
    }
    return { transitions, facts };
  }

  /** What no word of a device says: that it is silent, and that it is none any more. */
  #look(): Transition[] {
    const nowMs = this.#options.clock.monotonic();
    this.#darkness.alive(nowMs);
    if (nowMs - this.#lookedMs < lookMs) return [];
    this.#lookedMs = nowMs;
    return [...this.#past(), ...this.#dark(nowMs)];
  }

  #dark(nowMs: number): Transition[] {
    const { ledger, view } = this.#options;
    const { current } = view;
    const afterMs = darkAfterMs(current.fleet?.telemetry?.schedule);
    const keyOf = (device: string) => this.#key(`device/${device}`, 'device.dark');
    const counts = (device: string) => {
      const file = current.devices.get(device)?.file;
      const isIn = file !== undefined && file.revoked !== true && file.retired === undefined;
      return isIn && !this.#excused.has(device) && ledger.condition(keyOf(device)) === undefined;
    };
    const words = `nothing was heard of it for ${Math.round(afterMs / 60_000)} minutes`;
    const silent = this.#darkness.silent({ afterMs, nowMs }, counts);
    return [...silent].map(([device, evidence]) =>
      opened(keyOf(device), this.#now, { device, evidence, words }),
    );
  }

  /** Who left while the gateway was down was handed to nobody; who is retired while it is dark cannot say so. */
  #past(): Transition[] {
    const { ledger, view } = this.#options;
    const { devices } = view.current;
    const past: Transition[] = [];
    for (const condition of ledger.conditions) {
      const { device, key } = condition;
      if (device === undefined || !isOfDevice(condition)) continue;
      const known = devices.get(device);
      if (known === undefined) past.push(this.#end(condition, { data: { ended: 'left the fleet' } }));
      else if (key.type === 'device.dark' && known.file.retired !== undefined)
        past.push(this.#end(condition, { data: { ended: 'retired' } }));
    }
    return past;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #key(subject: string, type: Transition['key']['type']): Transition['key'] {
    return { fleet: this.#options.view.current.fleet?.name ?? '', subject, type };
  }

  #end(condition: NumberedTransition, also: Pick<Transition, 'data' | 'evidence'>): Transition {
    return resolved(condition, this.#now, also);
  }
}

const isOfDevice = ({ key }: Transition): boolean =>
  key.type.startsWith('device.') || key.type === 'tunnel.open';

/** Retired, that was its last word; or no gateway was reached, and others carry what it says. */
function isExcused({ outcome, conditions }: StatusFile): boolean {
  const isCarried = conditions.some(({ type, status }) => type === 'Carried' && status);
  return outcome === 'retired' || isCarried;
}

function joinedOf(changes: readonly Change[]): Change {
  return {
    transitions: changes.flatMap(({ transitions }) => transitions),
    facts: changes.flatMap(({ facts = [] }) => facts),
  };
}
