/** Every connection is an open file: whether this process may have as many as its fleet needs. */
import { readFileSync } from 'node:fs';

/** For packs, git's sockets and people. */
const others = 512;
/** A hint stream, and a connection for polls, fetches and pushes; a tunnel comes instead of neither. */
const perDevice = 2;

export function openFilesNeeded(devices: number): number {
  return devices * perDevice + others;
}

/** Soft limit of this process (Node raises it to the hard one when it starts); undefined where it cannot be known. */
export function openFilesAllowed(limits = '/proc/self/limits'): number | undefined {
  try {
    const allowed = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync(limits, 'utf8'))?.[1];
    if (allowed === undefined) return undefined;
    return allowed === 'unlimited' ? Number.POSITIVE_INFINITY : Number(allowed);
  } catch {
    return undefined;
  }
}
