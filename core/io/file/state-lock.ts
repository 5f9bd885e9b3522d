/**
 * One program at a time in a folder. The lock is flock(2)'s on a file there: the kernel keeps it for as long as this
 * process has the file open, so that none is left behind by a SIGKILL or a power cut, and whoever may not open the file
 * cannot take it. Node has no flock, but a lock belongs to the open file and not to who asked for it: flock(1) asks, on
 * the descriptor that it is handed, and ends.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors/cause.ts';
import { type ErrorCode, TowlineError } from '../../errors.ts';

const lockedByAnother = 1;
/** Neither a link that leads elsewhere nor a pipe that waits for its other end. */
const openFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface LockWords {
  /** Of the file in the folder. */
  readonly name?: string;
  /** Who else may hold it, such as "gateway". */
  readonly who: string;
  readonly inUse: ErrorCode;
  readonly unusable: ErrorCode;
}

/** @param folder that is there. @throws TowlineError `inUse` while another process holds it, `unusable` */
export async function lockFolder(folder: string, words: LockWords): Promise<AsyncDisposable> {
  const path = join(folder, words.name ?? 'lock');
  const file = await openLock(folder, path).catch((cause: unknown) => {
    const why = messageOf(cause);
    throw new TowlineError(words.unusable, `${path} cannot be opened: ${why}`, { cause });
  });
  try {
    const code = await flock(file.fd, words);
    if (code === lockedByAnother) {
      const holder = (await file.read(Buffer.alloc(32), 0, 32, 0)).buffer.toString('latin1');
      const pid = /^\d+/.exec(holder)?.[0] ?? 'unknown';
      throw new TowlineError(words.inUse, `another ${words.who} (process ${pid}) uses ${folder}`);
    }
    if (code !== 0) throw new TowlineError(words.unusable, `${path} cannot be locked (${code})`);
    await writeHolder(file);
    return { [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openLock(folder: string, path: string): Promise<FileHandle> {
  const file = await open(path, openFlags, 0o600);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no file');
    if (process.getuid?.() !== 0) return file;
    // What root makes here, at enrolment, must not keep out the user whose folder it is.
    const { uid, gid } = await stat(folder);
    await file.chown(uid, gid);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Only for the message that another one shows: a full disk keeps nobody from its work. */
async function writeHolder(file: FileHandle): Promise<void> {
  try {
    await file.truncate(0);
    await file.write(`${process.pid}\n`, 0);
  } catch {}
}

/** @returns 0, `lockedByAnother`, or whatever else flock(1) ends with. */
async function flock(descriptor: number, { unusable }: LockWords): Promise<number> {
  const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  const closed: readonly (number | null)[] = await once(child, 'close').catch((cause: unknown) => {
    throw new TowlineError(unusable, 'flock, of util-linux or BusyBox, cannot be run', { cause });
  });
  return closed[0] ?? -1;
}
