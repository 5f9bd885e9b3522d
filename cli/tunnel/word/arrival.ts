/** Waits until a tunnel is as a commit has it: by the gateway's word, and by the device's own where telemetry is read. */
import { setTimeout as delay } from 'node:timers/promises';
import { formatDuration } from '../../../core/duration.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { exitCode } from '../../command/exit-code.ts';
import type { SshAddress } from '../../desk/gateway-session.ts';
import { type DeviceQuestion, DeviceWord } from './device-word.ts';
import { followTunnels } from './gateway-word.ts';
import type { TunnelWord } from './tunnel-word.ts';

export interface Awaited {
  readonly device: string;
  readonly state: 'open' | 'closed';
  /** Of an opening: this end, or a later one. */
  readonly until?: string;
  /** That says so. */
  readonly commit: ObjectId;
}

export interface Watched {
  readonly repo: string;
  readonly awaited: Awaited;
  /** The gateway, where it is known. */
  readonly address: SshAddress | undefined;
  /** Its telemetry, where it is known. */
  readonly device: DeviceQuestion | undefined;
  readonly longestMs: number;
  /** Hears what is waited for, each time that it is something else. */
  readonly progress: (words: string) => void;
}

export type ArrivalResult = 'done' | 'failed' | 'timed-out' | 'unreachable';

export interface Arrival {
  readonly result: ArrivalResult;
  readonly why: string;
  /** The gateway's last word. */
  readonly word?: TunnelWord;
}

export const arrivalExitCode: Readonly<Record<ArrivalResult, number>> = {
  done: exitCode.ok,
  failed: exitCode.failed,
  'timed-out': exitCode.timedOut,
  unreachable: exitCode.unreachable,
};

/** Between two sessions at the gateway, and two looks at telemetry, milliseconds. */
const pauseMs = 1000;
const lookMs = 4000;
/** What a timer can count, milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** @throws TowlineError CLI_USAGE where nobody can be asked */
export function assertAsked({ address, device }: Pick<Watched, 'address' | 'device'>): void {
  if (address !== undefined || device !== undefined) return;
  const message = 'who tells when it is there? --gateway ssh://HOST:PORT, or --no-wait';
  throw new TowlineError('CLI_USAGE', message);
}

/** @throws the signal's reason */
export async function arrival(watched: Watched, signal: AbortSignal): Promise<Arrival> {
  const { longestMs } = watched;
  const over = AbortSignal.timeout(Math.min(longestMs, longestTimerMs));
  const found = new AbortController();
  const now = AbortSignal.any([signal, over, found.signal]);
  const saying = new Saying(watched.progress);
  let end: Arrival | undefined;
  const isEnd = (arrived: Arrival): void => {
    end ??= arrived;
    found.abort();
  };
  await Promise.all([
    hearGateway(watched, { saying, isEnd }, now),
    hearDevice(watched, { saying, isEnd }, now),
  ]);
  signal.throwIfAborted();
  if (end !== undefined) return end;
  if (saying.isUnasked) return { result: 'unreachable', why: saying.last };
  return { result: 'timed-out', why: `not within ${formatDuration(longestMs)}: ${saying.last}` };
}

/** What is waited for, as far as it is known. */
class Saying {
  readonly #progress: (words: string) => void;
  last = 'nobody has said anything';
  /** Nobody could be asked in the end. */
  isUnasked = true;

  constructor(progress: (words: string) => void) {
    this.#progress = progress;
  }

  say(words: string): void {
    if (words !== this.last) this.#progress(words);
    this.last = words;
  }
}

interface Hearing {
  readonly saying: Saying;
  readonly isEnd: (arrived: Arrival) => void;
}

async function hearGateway(
  { repo, address, awaited }: Watched,
  { saying, isEnd }: Hearing,
  signal: AbortSignal,
): Promise<void> {
  if (address === undefined) return;
  const heard = (word: TunnelWord): void => {
    if (word.device !== awaited.device) return;
    saying.isUnasked = false;
    const words = missingAt(word, awaited);
    if (words === undefined) isEnd({ result: 'done', why: '', word });
    else saying.say(words);
  };
  while (!signal.aborted) {
    const devices = [awaited.device];
    const unasked = await followTunnels({ repo, address, devices }, heard, signal);
    if (unasked === undefined) return;
    saying.isUnasked = true;
    saying.say(`${address.host}: ${unasked.why}`);
    if (unasked.older) return;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns what is not there yet; undefined: all is */
function missingAt({ state, until, connected }: TunnelWord, awaited: Awaited): string | undefined {
  const { device } = awaited;
  if (state === 'unknown') return `the gateway tells you nothing of ${device}`;
  if (awaited.state === 'closed')
    return state === 'closed' ? undefined : 'the gateway does not follow the commit yet';
  const isOurs = state === 'open' && (awaited.until === undefined || (until ?? '') >= awaited.until);
  if (!isOurs) return 'the gateway does not follow the commit yet';
  return connected === undefined ? `the gateway follows it; ${device} is not connected yet` : undefined;
}

async function hearDevice(
  { device: question, awaited }: Watched,
  { saying, isEnd }: Hearing,
  signal: AbortSignal,
): Promise<void> {
  if (question === undefined) return;
  try {
    // The gateway is faster, and knows of most.
    await delay(pauseMs, undefined, { signal });
    await using word = await DeviceWord.open(question, signal);
    for (;;) {
      const status = await word.status(signal);
      const said = status === undefined ? undefined : judged(status, awaited);
      if (said !== undefined) isEnd(said);
      saying.isUnasked = false;
      await delay(lookMs, undefined, { signal });
      await word.refresh(signal);
    }
  } catch (error) {
    if (signal.aborted) return;
    // A person who does not read telemetry has the gateway's word.
    if (!isTowlineError(error)) throw error;
  }
}

function judged({ tunnel, stopped }: StatusFile, awaited: Awaited): Arrival | undefined {
  if (stopped?.head === awaited.commit)
    return { result: 'failed', why: `${awaited.device} stopped before the commit: ${stopped.code}` };
  const state = tunnel?.state;
  if (awaited.state === 'closed') return state === 'closed' ? { result: 'done', why: '' } : undefined;
  const isOurs = state === 'open' && (awaited.until === undefined || (tunnel?.until ?? '') >= awaited.until);
  return isOurs ? { result: 'done', why: '' } : undefined;
}
