/** What must hold in a soak, and whether it did. */
import { growth, mostOf, processorShare, quantile, samplesOf } from './figures.ts';
import type { Entry } from './record.ts';
import type { Slope } from './slope.ts';

export interface Judged {
  readonly what: string;
  readonly seen: string;
  readonly bar: string;
  /** undecided: the time was too short to tell it from noise. */
  readonly verdict: 'holds' | 'undecided' | 'missed';
}

const MiB = 1024 * 1024;

/** Bars; each stands in the report. */
export const bars = {
  convergedMs: { p95: 90_000, most: 600_000 },
  pssBytes: { agent: 130 * MiB, gateway: 260 * MiB },
  pssPerDay: 24 * MiB,
  descriptors: { agent: 150, gateway: 400 },
  descriptorsPerDay: 24,
  diskBytes: { agent: 200 * MiB, gateway: 1024 * MiB },
  processor: { agent: 0.15, gateway: 0.4 },
} as const;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const mib = (bytes: number) => `${(bytes / MiB).toFixed(1)} MiB`;

const within = (
  what: string,
  [seen, bar]: readonly [number, number],
  shown: (value: number) => string,
): Judged => ({
  what,
  seen: shown(seen),
  bar: `≤ ${shown(bar)}`,
  verdict: seen <= bar ? 'holds' : 'missed',
});

/** Missed where it is sure to be more; undecided where it could be. */
function flat(what: string, slope: Slope | undefined, bar: number, shown: (value: number) => string): Judged {
  const limit = `≤ ${shown(bar)} a day`;
  if (slope === undefined) return { what, seen: 'no life was long enough', bar: limit, verdict: 'undecided' };
  const { perDay, margin } = slope;
  const verdict = perDay + margin <= bar ? 'holds' : perDay - margin > bar ? 'missed' : 'undecided';
  return { what, seen: `${shown(perDay)} ± ${shown(margin)} a day`, bar: limit, verdict };
}

function ofRole(entries: readonly Entry[], role: 'agent' | 'gateway'): Judged[] {
  const samples = samplesOf(entries, role);
  const count = (value: number) => value.toFixed(1);
  const share = (value: number) => `${(value * 100).toFixed(1)} % of a core`;
  return [
    within(
      `memory of an ${role}, most`.replace('an g', 'a g'),
      [mostOf(samples, 'pssBytes'), bars.pssBytes[role]],
      mib,
    ),
    flat(`memory of ${role}s grows by`, growth(samples, 'pssBytes'), bars.pssPerDay, mib),
    within(
      `descriptors of an ${role}, most`.replace('an g', 'a g'),
      [mostOf(samples, 'descriptors'), bars.descriptors[role]],
      String,
    ),
    flat(`descriptors of ${role}s grow by`, growth(samples, 'descriptors'), bars.descriptorsPerDay, count),
    within(
      `disk of an ${role}, most`.replace('an g', 'a g'),
      [mostOf(samples, 'diskBytes'), bars.diskBytes[role]],
      mib,
    ),
    within(
      `processor of an ${role}`.replace('an g', 'a g'),
      [processorShare(samples), bars.processor[role]],
      share,
    ),
  ];
}

function convergence(entries: readonly Entry[]): Judged[] {
  const took = entries.flatMap(entry => (entry.kind === 'converged' ? [entry.tookMs] : []));
  const late = entries.filter(entry => entry.kind === 'lost' && entry.what === 'commit').length;
  if (took.length === 0) {
    const bar = `≤ ${seconds(bars.convergedMs.p95)}`;
    return [{ what: 'a commit until a device has it', seen: 'none', bar, verdict: 'undecided' }];
  }
  const within95 = [quantile(took, 0.95), bars.convergedMs.p95] as const;
  return [
    within(`a commit until a device has it, 95 of 100 (${took.length} of them)`, within95, seconds),
    within(
      'a commit until a device has it, the longest',
      [Math.max(...took), bars.convergedMs.most],
      seconds,
    ),
    within('commits that a device never got', [late, 0], String),
  ];
}

/** Every bar, in the order of the report. */
export function judge(entries: readonly Entry[]): Judged[] {
  const lost = entries.filter(entry => entry.kind === 'lost' && entry.what === 'telemetry').length;
  const ends = entries.flatMap(entry => (entry.kind === 'end' ? [entry.silent] : []));
  const dead = ends.at(-1);
  return [
    ...convergence(entries),
    within('acknowledged telemetry that was lost', [lost, 0], String),
    dead === undefined
      ? {
          what: 'devices that did not answer at the end',
          seen: 'it was cut off',
          bar: '≤ 0',
          verdict: 'undecided',
        }
      : within('devices that did not answer at the end', [dead.length, 0], String),
    ...ofRole(entries, 'agent'),
    ...ofRole(entries, 'gateway'),
  ];
}

/** One word for all of it: nothing missed is not yet all that holds. */
export function verdictOf(judged: readonly Judged[]): 'green' | 'nothing missed yet' | 'red' {
  if (judged.some(({ verdict }) => verdict === 'missed')) return 'red';
  return judged.every(({ verdict }) => verdict === 'holds') ? 'green' : 'nothing missed yet';
}
