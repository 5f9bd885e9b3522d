/**
 * The door of main for people's pushes: git's `update` hook starts this program again, small, with what was pushed still
 * in quarantine (githooks(5), git-receive-pack(1)).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTowlineError } from '../../core/errors.ts';
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
import { assertMayBeMain } from './main-door.ts';
import { type UpdateHook, writeUpdateHook } from './update-hook.ts';

/** What the hook must know of its gateway. */
export interface MainDoor {
  readonly fleetGit: string;
  readonly trustedFile: string;
  readonly anchor: ObjectId;
  readonly fleet: string;
}

/** A push waits for the answer no longer, milliseconds. */
const timeoutMs = 120_000;
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
  // git's own limit on its memory is not for Node, which reserves far more than it writes to.
  await writeUpdateHook(folder, `ulimit -S -d "$(ulimit -H -d)"; exec ${quoted} "$2" "$3"`);
  return { folder, code: 'GATEWAY_MAIN_REFUSED' };
}

/** @returns the exit code of the hook: 0 lets main move. */
export async function runMainDoor([file = '', old = '', tip = '']: readonly string[]): Promise<number> {
  if (tip === nothing || !isObjectId(tip)) return 0;
  // As writeMainDoorHook wrote it, in a folder of the gateway's own.
  const door: MainDoor = JSON.parse(await readFile(file, 'utf8'));
  showQuarantine();
  await using source = new GitCatFileSource(door.fleetGit);
  try {
    const trusted =
      (await readTrusted(door.trustedFile, door.anchor, door.fleet)) ??
      (await openAnchor(new ObjectReader(source), door.anchor));
    const main = old === nothing ? undefined : old;
    const signal = AbortSignal.timeout(timeoutMs);
    const clock = createSystemClock();
    const keptSec = await keptTimeSec(clock, signal);
    const onTime = (newestSec: number) => {
      if (keptSec === undefined) pointOut(newestSec, clock.now() / 1000);
    };
    await assertMayBeMain({ source, trusted, main, tip, keptSec, onTime, signal });
    return 0;
  } catch (error) {
    const known = isTowlineError(error);
    const text = known
      ? `${error.code} ${printable(error.message)}\n${error.remedy}`
      : printable(String(error));
    process.stderr.write(`${text}\n`);
    return 1;
  }
}

/** The pusher's own clock may be right, and this one wrong. */
function pointOut(newestSec: number, nowSec: number): void {
  if (newestSec <= nowSec + futureSlackSec) return;
  const text = `signed time ${showTime(newestSec)} lies ahead of this gateway's clock, which no time server keeps`;
  process.stderr.write(`warning: ${text}: it is taken all the same\n`);
}

/** git names the folder of what was pushed; whoever reads objects reads there, too. */
function showQuarantine(): void {
  const { GIT_QUARANTINE_PATH: quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: others } = process.env;
  if (quarantine === undefined) return;
  process.env.GIT_ALTERNATE_OBJECT_DIRECTORIES = [quarantine, ...(others ? [others] : [])].join(':');
}
