/** What one may say to the device itself: `ssh pump-17 status`, `ssh pump-17 logs web -f --since 10m`. */
import { parseDuration } from '../../../core/duration.ts';

export interface LogsCommand {
  readonly kind: 'logs';
  readonly name: string;
  readonly follow: boolean;
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number;
  readonly tail?: number;
}

export interface ShareCommand {
  readonly kind: 'share';
  /** Of a session. */
  readonly id: string;
  readonly forMs: number;
}

export type DeviceCommand =
  | LogsCommand
  | ShareCommand
  | { readonly kind: 'status' | 'menu' }
  | { readonly kind: 'wrong'; readonly words: string };

const usage = 'logs NAME [-f] [--since 10m] [--tail 100]';
const shareUsage = 'share ID [--for 15m]';
const [usualShareMs, longestShareMs] = [15 * 60_000, 8 * 3_600_000];
const maxTail = 100_000;

/** @param nowMs milliseconds since the epoch */
export function readDeviceCommand(command: string, nowMs: number): DeviceCommand {
  const [verb, ...words] = command.trim().split(/\s+/);
  if (verb === 'status' && words.length === 0) return { kind: 'status' };
  if ((verb === 'menu' || verb === 'help') && words.length === 0) return { kind: 'menu' };
  if (verb === 'logs') return readLogs(words, nowMs);
  if (verb === 'share') return readShare(words);
  return { kind: 'wrong', words: `this is the device itself, and takes status, ${usage} and ${shareUsage}` };
}

function readShare([id = '', option, length, ...rest]: readonly string[]): DeviceCommand {
  const forMs = option === undefined ? usualShareMs : lengthOf(length ?? '');
  const isRight =
    /^[a-z0-9]{8}$/.test(id) && (option === undefined || option === '--for') && rest.length === 0;
  if (!isRight || forMs === undefined || forMs < 1000 || forMs > longestShareMs)
    return { kind: 'wrong', words: `${shareUsage}, at most 8h` };
  return { kind: 'share', id, forMs };
}

function lengthOf(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

function readLogs(words: readonly string[], nowMs: number): DeviceCommand {
  const wrong = (why: string): DeviceCommand => ({ kind: 'wrong', words: `${why}: ${usage}` });
  const rest = words.flatMap(word => {
    const [, option, value] = /^(--since|--tail)=(.*)$/.exec(word) ?? [];
    return option === undefined || value === undefined ? [word] : [option, value];
  });
  let name: string | undefined;
  let given: Omit<LogsCommand, 'kind' | 'name'> = { follow: false };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-f' || word === '--follow') given = { ...given, follow: true };
    else if (word === '--since') {
      const sinceMs = readSince(rest.shift() ?? '', nowMs);
      if (sinceMs === undefined) return wrong('--since takes a duration or a time');
      given = { ...given, sinceMs };
    } else if (word === '--tail' || word === '-n') {
      const tail = Number(rest.shift());
      if (!Number.isInteger(tail) || tail < 0 || tail > maxTail) return wrong('--tail takes a number');
      given = { ...given, tail };
    } else if (word.startsWith('-') || name !== undefined) return wrong(`what is ${word.slice(0, 40)}`);
    else name = word;
  }
  return name === undefined ? wrong('whose logs') : { kind: 'logs', name, ...given };
}

function readSince(text: string, nowMs: number): number | undefined {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : time;
  }
  const length = lengthOf(text);
  return length === undefined ? undefined : nowMs - length;
}
