/** Times with which a service that is replaced without a gap would never count as well: each update would be taken back. */
import { parseDuration } from '../compose/value/duration.ts';
import type { ServiceModel } from '../compose/value/model.ts';
import type { UpdateSettings } from './state.ts';

interface Untimely {
  /** Below the service. */
  readonly at: readonly string[];
  readonly why: string;
}

const seconds = (ms: number) => `${ms / 1000} s`;
/** 0 where nothing is said. */
const msOf = (text = '') => Number(parseDuration(text) ?? 0n) / 1_000_000;

/** When the engine looks for the first time, and how often later; 0: its image says so, or nothing looks. */
function checksOf({ healthcheck: check = {} }: ServiceModel) {
  if (check.disable === true || check.test?.[0] === 'NONE') return { everyMs: 0, firstMs: 0 };
  const everyMs = msOf(check.interval);
  // What an engine takes where a start period has no interval of its own is the engine's affair.
  return { everyMs, firstMs: msOf(check.start_period) > 0 ? msOf(check.start_interval) : everyMs };
}

/**
 * The first look must come within `healthTimeout`. One that is handed over must pass another one under its names, and that
 * one comes after the interval: `start_interval` is over with the first that passes.
 */
export function untimely(service: ServiceModel, update: UpdateSettings): Untimely[] {
  const { strategy, healthTimeoutMs: limitMs, stablePeriodMs: stableMs } = update;
  const limit = `its \`healthTimeout\` is ${seconds(limitMs)}`;
  const found: Untimely[] = [];
  if (stableMs >= limitMs)
    found.push({ at: [], why: `\`stablePeriod\` is ${seconds(stableMs)}, and ${limit}` });
  const { everyMs, firstMs } = checksOf(service);
  const waitsMs = strategy === 'handover' ? everyMs : firstMs;
  if (waitsMs >= limitMs)
    found.push({ at: ['healthcheck'], why: `it is checked only every ${seconds(waitsMs)}, and ${limit}` });
  return found;
}
