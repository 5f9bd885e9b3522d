/** Addresses of the names that rules need, of both versions of IP. */
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressKey } from '../../core/desired/address-key.ts';
import type { Addresses } from '../../core/firewall/ruleset.ts';

/** In which all names must be known. */
const timeoutMs = 15_000;

/** Of one name. */
const maxAddresses = 64;

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    const found = await lookup(name, { all: true });
    const plain = found.map(({ address }) => addressKey(address).replace(/^\[(.*)\]$/, '$1'));
    return [...new Set(plain)].sort().slice(0, maxAddresses);
  } catch {
    return [];
  }
}

/** As this machine resolves names, its hosts file too. @returns nothing of those that are not known in time */
export async function resolveNames(names: readonly string[], signal: AbortSignal): Promise<Addresses> {
  const known = new Map<string, readonly string[]>();
  const waiting = new AbortController();
  const looking = names.map(async name => {
    const addresses = await addressesOf(name);
    if (addresses.length > 0) known.set(name, addresses);
  });
  const late = sleep(timeoutMs, undefined, { signal: AbortSignal.any([signal, waiting.signal]) });
  try {
    await Promise.race([Promise.all(looking), late]);
  } finally {
    waiting.abort();
    await late.catch(() => undefined);
  }
  signal.throwIfAborted();
  return new Map([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}
