/** What of a device is out of support, or soon will be: nothing that keeps it from working, and no condition of it. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import { type SupportedProduct, type SupportKind, supportTable } from './table.ts';

/** Something that a device has, and until when it is maintained. */
export interface SupportFact {
  readonly kind: SupportKind;
  /** `Debian 11`, `Docker Engine 20.10`. */
  readonly what: string;
  /** The end of its last day, milliseconds since the epoch. */
  readonly endsMs: number;
}

export interface SupportWord {
  readonly kind: SupportKind;
  readonly what: string;
  /** ended: it is out of support. ending: it will be, within 90 days. */
  readonly state: 'ended' | 'ending';
  /** `2026-08-31`. */
  readonly last: string;
}

/** So long before its end it is said, milliseconds. */
const aheadMs = 90 * 86_400_000;

const dayMs = 86_400_000;

/** @param status as the device has signed it: what it says of itself may be anything */
export function supportFacts({ agent, host }: Pick<StatusFile, 'agent' | 'host'>): SupportFact[] {
  const [id = '', version = ''] = (host?.os ?? '').split(' ');
  const os = find('os', id, version);
  // Whoever makes a distribution maintains its kernel, and what else comes of it.
  const isDistribution = supportTable.some(row => row.kind === 'os' && row.id === id);
  const kernel = isDistribution ? undefined : find('kernel', 'linux', host?.kernel ?? '');
  const facts = [os, kernel, engineOf(agent.engine ?? '', isDistribution), nodeOf(agent, isDistribution)];
  return facts.filter(fact => fact !== undefined);
}

/** Docker's numbers are those of years from 17 on; Podman, and what has a packager's mark, comes of a distribution. */
function engineOf(version: string, isDistribution: boolean): SupportFact | undefined {
  const isPodman = Number.parseInt(version, 10) < 17;
  const isPackaged = isPodman || /[+~]|-\d+(?:ubuntu|\.el|\.amzn)/.test(version);
  if (isDistribution && isPackaged) return undefined;
  return find('engine', isPodman ? 'podman' : 'docker', version);
}

/** On 32-bit ARM it is the distribution's. */
function nodeOf(
  { node = '', platform }: StatusFile['agent'],
  isDistribution: boolean,
): SupportFact | undefined {
  return isDistribution && platform === 'linux/arm/v7' ? undefined : find('node', 'node', node);
}

function find(kind: SupportKind, id: string, version: string): SupportFact | undefined {
  const product = supportTable.find(row => row.kind === kind && row.id === id);
  return product === undefined ? undefined : factOf(product, version);
}

function factOf({ kind, name, ends }: SupportedProduct, version: string): SupportFact | undefined {
  const numbers = /^v?(\d{1,6}(?:\.\d{1,6}){0,2})/.exec(version)?.[1]?.split('.') ?? [];
  for (let count = numbers.length; count > 0; count -= 1) {
    const line = numbers.slice(0, count).join('.');
    const last = Object.hasOwn(ends, line) ? ends[line] : undefined;
    if (last === undefined) continue;
    if (last === null) return undefined;
    return { kind, what: `${name} ${line}`, endsMs: Date.parse(`${last}T00:00:00Z`) + dayMs };
  }
  return undefined;
}

/** Those of them that somebody should do something about, what has ended first. */
export function supportWords(facts: readonly SupportFact[], nowMs: number): SupportWord[] {
  return facts
    .filter(({ endsMs }) => endsMs - nowMs <= aheadMs)
    .sort((left, right) => left.endsMs - right.endsMs)
    .map(({ kind, what, endsMs }) => ({
      ...{ kind, what, state: endsMs <= nowMs ? ('ended' as const) : ('ending' as const) },
      last: new Date(endsMs - dayMs).toISOString().slice(0, 10),
    }));
}

/** `Debian 11 is out of support since 2026-08-31` */
export const supportSentence = ({ what, state, last }: Omit<SupportWord, 'kind'>): string =>
  state === 'ended' ? `${what} is out of support since ${last}` : `${what} is supported until ${last}`;

/** Of many devices: each sentence once, with whom it is about. */
export function supportOfAll(
  devices: Iterable<readonly [device: string, facts: readonly SupportFact[]]>,
  nowMs: number,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [device, facts] of devices)
    for (const word of supportWords(facts, nowMs)) {
      const sentence = supportSentence(word);
      const known = found.get(sentence);
      if (known === undefined) found.set(sentence, [device]);
      else known.push(device);
    }
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}
