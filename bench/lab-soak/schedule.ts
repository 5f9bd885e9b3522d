/** What happens in a soak, and when: of a seed alone. */
import { Seeded } from './seeded.ts';

export const happenings = [
  ...['cut', 'slow', 'reboot', 'kill-gateway', 'fill-disk', 'clock'],
  ...['setting', 'good-release', 'bad-release', 'tunnel', 'logs'],
] as const;

export type Happening = (typeof happenings)[number];

/** So often among a hundred. */
const weights: Readonly<Record<Happening, number>> = {
  cut: 14,
  slow: 8,
  reboot: 12,
  'kill-gateway': 5,
  'fill-disk': 6,
  clock: 6,
  setting: 14,
  'good-release': 12,
  'bad-release': 6,
  tunnel: 10,
  logs: 7,
};

export interface Planned {
  /** Since the soak began, milliseconds; parts before this one count. */
  readonly atMs: number;
  readonly what: Happening;
  /** A site, a device or a gateway; for what concerns the whole fleet, the fleet. */
  readonly target: string;
  /** How long it lasts, milliseconds; 0 for what is over at once. */
  readonly lastsMs: number;
  /** 0 to 1, for whatever else is to be chosen. */
  readonly dice: number;
}

export interface SoakPlaces {
  readonly sites: readonly string[];
  readonly devices: readonly string[];
  /** Those that are never rebooted, filled or set wrong: their memory is looked at over the whole time. */
  readonly steady: ReadonlySet<string>;
  readonly gateways: readonly string[];
}

const lasting: Readonly<Partial<Record<Happening, readonly [leastMs: number, mostMs: number]>>> = {
  cut: [5_000, 90_000],
  slow: [20_000, 120_000],
  reboot: [1_000, 30_000],
  'kill-gateway': [1_000, 45_000],
  'fill-disk': [10_000, 60_000],
  clock: [20_000, 120_000],
  logs: [5_000, 30_000],
};

function chosen(random: Seeded): Happening {
  const all = happenings.reduce((sum, what) => sum + weights[what], 0);
  let left = random.next() * all;
  for (const what of happenings) {
    left -= weights[what];
    if (left < 0) return what;
  }
  return 'setting';
}

function targetOf(what: Happening, places: SoakPlaces, random: Seeded): string | undefined {
  if (what === 'cut' || what === 'slow') return random.oneOf(places.sites);
  if (what === 'kill-gateway') return random.oneOf(places.gateways);
  if (what === 'tunnel' || what === 'logs') return random.oneOf(places.devices);
  if (what !== 'reboot' && what !== 'fill-disk' && what !== 'clock') return 'fleet';
  const shaken = places.devices.filter(device => !places.steady.has(device));
  return shaken.length === 0 ? undefined : random.oneOf(shaken);
}

/** Gateways are killed for so long, and then left alone for as long: their memory is to be looked at, too. */
const gatewayTurnMs = 45 * 60_000;
/** With an even seed they are killed first. */
const gatewaysRest = (atMs: number, seed: number) => (Math.floor(atMs / gatewayTurnMs) + seed) % 2 === 1;

export interface SoakPace {
  readonly seed: number;
  /** Where it begins, since the soak began. */
  readonly fromMs: number;
  /** Between two happenings, on average. */
  readonly paceMs: number;
}

/** Without an end. */
export function* schedule(places: SoakPlaces, { seed, fromMs, paceMs }: SoakPace): Generator<Planned, never> {
  const random = new Seeded(seed);
  // Nothing is shorter than it can be noticed, nor longer than a few others.
  const scale = Math.min(1, paceMs / 30_000);
  for (let atMs = fromMs; ; ) {
    atMs += random.wait(paceMs);
    const what = chosen(random);
    const target = targetOf(what, places, random);
    const [least, most] = lasting[what] ?? [0, 0];
    const lastsMs = Math.round(random.between(least, most) * scale);
    const dice = random.next();
    if (target === undefined || (what === 'kill-gateway' && gatewaysRest(atMs, seed))) continue;
    yield { atMs: Math.round(atMs), what, target, lastsMs, dice };
  }
}
