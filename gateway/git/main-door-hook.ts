/**
 * The door of main for people's pushes: git's `update` hook starts this program again, small, with what was pushed still
 * in quarantine (githooks(5), git-receive-pack(1)).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { errorRegistry, isTowlineError, TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { keptTimeSec } from '../../core/io/synchronised-clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { printable } from '../../core/shown-text.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { futureSlackSec } from '../../core/trust/step/vouchers.ts';
import { openAnchor } from '../../core/trust/walk.ts';
import { readTrusted } from '../fleet/trusted-file.ts';
import { assertMayBeMain, type DoorQuestion } from './main-door.ts';
import { type Judged, refusalLines, verdictOf } from './push-verdict.ts';
import { type UpdateHook, writeUpdateHook } from './update-hook.ts';

/** What the hook must know of its gateway. */
export interface MainDoor {
  readonly fleetGit: string;
  readonly trustedFile: string;
  readonly anchor: ObjectId;
  readonly fleet: string;
  /** What becomes of a push that devices would not take: it is told so, or refused. */
  readonly untrusted: 'tell' | 'refuse';
  /** A push waits for the answer no longer, milliseconds. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;
/** What the door may keep in memory. Pushes at once are bounded by `limits.gitProcesses`. */
const maxHeapMiB = 1024;
const nothing = '0'.repeat(40);

/**
 * @param command Starts this program as the door; file, old and new commit are added.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE
 */
export async function writeMainDoorHook(
  folder: string,
  command: readonly string[],
  door: MainDoor,
): Promise<UpdateHook> {
  const file = join(folder, 'main-door.json');
  await writeDurably(file, JSON.stringify(door), { mode: 0o600 });
  const quoted = [...command, file].map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const { remedy } = errorRegistry.GATEWAY_NOT_JUDGED;
  // On a small machine Node's own bound is lower.
  const heapMiB = Math.min(maxHeapMiB, Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20));
  await writeUpdateHook(
    folder,
    [
      // git's own limit on its memory is not for Node, which reserves far more than it writes to.
      'ulimit -S -d "$(ulimit -H -d)"',
      // What it says is its answer; what Node says where it ends otherwise (its memory is bounded) is nobody's business.
      `words=$(NODE_OPTIONS=--max-old-space-size=${heapMiB} ${quoted} "$2" "$3" 2>/dev/null)`,
      `case $? in 0) test -z "$words" || printf '%s\\n' "$words" >&2 ;; 1) refuse "$words" ;;`,
      `*) refuse 'GATEWAY_NOT_JUDGED not judged: it needs more memory than one push has. ${remedy.replaceAll("'", '')}' ;; esac`,
    ].join('\n    '),
  );
  return { folder, code: 'GATEWAY_MAIN_REFUSED' };
}

/** @returns the exit code of the hook: 0 lets main move. What it has to say stands on standard output. */
export async function runMainDoor([file = '', old = '', tip = '']: readonly string[]): Promise<number> {
  if (tip === nothing || !isObjectId(tip)) return 0;
  // As writeMainDoorHook wrote it, in a folder of the gateway's own.
  const door: MainDoor = JSON.parse(await readFile(file, 'utf8'));
  showQuarantine();
  const { timeoutMs = defaultTimeoutMs } = door;
  const timeout = AbortSignal.timeout(timeoutMs);
  let reached: ObjectId | undefined;
  const onStretch = (commit: ObjectId) => {
    reached = commit;
  };
  try {
    const main = old === nothing ? undefined : old;
    const judged = await judge(door, { main, tip, onStretch, signal: timeout });
    const isRefused = door.untrusted === 'refuse' && judged !== undefined && verdictOf(judged).untrusted;
    if (judged !== undefined) say(isRefused ? refusalLines(judged) : verdictOf(judged).lines);
    return isRefused ? 1 : 0;
  } catch (error) {
    say(linesOf(timeout.aborted && !isTowlineError(error) ? notJudged(timeoutMs, reached) : error));
    return 1;
  }
}

type Push = Pick<DoorQuestion, 'main' | 'tip' | 'onStretch' | 'signal'>;

/** @throws TowlineError as `assertMayBeMain` */
async function judge(door: MainDoor, push: Push): Promise<Judged | undefined> {
  await using source = new GitCatFileSource(door.fleetGit);
  const trusted =
    (await readTrusted(door.trustedFile, door.anchor, door.fleet)) ??
    (await openAnchor(new ObjectReader(source), door.anchor));
  const clock = createSystemClock();
  const keptSec = await keptTimeSec(clock, push.signal);
  const onTime = (newestSec: number) => {
    if (keptSec === undefined) pointOut(newestSec, clock.now() / 1000);
  };
  let judged: Judged | undefined;
  const onJudged = (found: Judged) => {
    judged = found;
  };
  await assertMayBeMain({ source, trusted, keptSec, onTime, onJudged, ...push });
  return judged;
}

/** @param reached how far the walk had come */
function notJudged(timeoutMs: number, reached: ObjectId | undefined): TowlineError {
  const late = `not judged in time (${timeoutMs / 1000} s)`;
  const far = reached === undefined ? '' : `: the walk came to ${reached}, push that first`;
  return new TowlineError('GATEWAY_NOT_JUDGED', late + far);
}

function linesOf(error: unknown): string[] {
  if (!isTowlineError(error)) return [printable(String(error))];
  return [`${error.code} ${printable(error.message)}`, error.remedy];
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The pusher's own clock may be right, and this one wrong. */
function pointOut(newestSec: number, nowSec: number): void {
  if (newestSec <= nowSec + futureSlackSec) return;
  const text = `signed time ${showTime(newestSec)} lies ahead of this gateway's clock, which no time server keeps`;
  say([`warning: ${text}: it is taken all the same`]);
}

/** git names the folder of what was pushed; whoever reads objects reads there, too. */
function showQuarantine(): void {
  const { GIT_QUARANTINE_PATH: quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: others } = process.env;
  if (quarantine === undefined) return;
  process.env.GIT_ALTERNATE_OBJECT_DIRECTORIES = [quarantine, ...(others ? [others] : [])].join(':');
}
