/** What a gateway says of a tunnel: one line of `towline-tunnels`. */
import { type Fields, isFields } from '../../../core/json.ts';

export interface TunnelWord {
  readonly device: string;
  /** By the commit that the gateway follows. `unknown`: there is none, or none for this person. */
  readonly state: 'open' | 'closed' | 'unknown';
  /** Whether this person may come in: `allowed`, or why not. */
  readonly reach?: string;
  readonly commit?: string;
  readonly until?: string;
  /** Since when the device's connection is here. */
  readonly connected?: string;
  readonly offers: readonly string[];
  readonly people: readonly PersonInside[];
}

export interface PersonInside {
  readonly operator: string;
  /** Where, `pump-17:22`. */
  readonly to: string;
  readonly since: string;
}

/** More than a gateway says. */
const maxLength = 64 * 1024;

/** @returns undefined: it is no such line */
export function parseTunnelWord(line: string): TunnelWord | undefined {
  if (line.length > maxLength) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isFields(value) || typeof value.device !== 'string') return undefined;
  const { device, state, offers, people } = value;
  if (state !== 'open' && state !== 'closed' && state !== 'unknown') return undefined;
  return {
    ...{ device, state },
    ...texts(value, ['reach', 'commit', 'until', 'connected']),
    offers: Array.isArray(offers) ? offers.filter(offer => typeof offer === 'string') : [],
    people: Array.isArray(people) ? people.flatMap(personOf) : [],
  };
}

function texts<Name extends string>(value: Fields, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string') found[name] = text;
  }
  return found;
}

function personOf(value: unknown): PersonInside[] {
  if (!isFields(value)) return [];
  const { operator, to, since } = value;
  const isOne = typeof operator === 'string' && typeof to === 'string' && typeof since === 'string';
  return isOne ? [{ operator, to, since }] : [];
}
