/**
 * One gateway at a time on a state directory. The lock is flock(2)'s: the kernel keeps it for as long as this process has
 * the file open, so that none is left behind by a SIGKILL or a power cut. Node has no flock, but a lock belongs to the open
 * file and not to who asked for it: flock(1) asks, on the descriptor that it is handed, and ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../core/errors.ts';

const lockedByAnother = 1;

export class StateLock implements AsyncDisposable {
  readonly #file: FileHandle;

  /** @throws TowlineError GATEWAY_STATE_IN_USE, GATEWAY_STATE_UNUSABLE */
  static async take(stateDirectory: string): Promise<StateLock> {
    const path = join(stateDirectory, 'lock');
    const file = await open(path, 'a+', 0o600).catch((cause: unknown) => {
      throw new TowlineError('GATEWAY_STATE_UNUSABLE', `${path} cannot be opened`, { cause });
    });
    try {
      const code = await flock(file.fd);
      if (code === lockedByAnother) {
        const holder = (await file.read(Buffer.alloc(32), 0, 32, 0)).buffer.toString('latin1');
        const pid = /^\d+/.exec(holder)?.[0] ?? 'unknown';
        throw new TowlineError(
          'GATEWAY_STATE_IN_USE',
          `another gateway (process ${pid}) uses ${stateDirectory}`,
        );
      }
      if (code !== 0) throw new TowlineError('GATEWAY_STATE_UNUSABLE', `${path} cannot be locked (${code})`);
      await writeHolder(file);
      return new StateLock(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Only for the message that another one shows: a full disk keeps no gateway from its work. */
async function writeHolder(file: FileHandle): Promise<void> {
  try {
    await file.truncate(0);
    await file.write(`${process.pid}\n`);
  } catch {}
}

/** @returns 0, `lockedByAnother`, or whatever else flock(1) ends with. */
async function flock(descriptor: number): Promise<number> {
  const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_STATE_UNUSABLE', 'flock, of util-linux, cannot be run', { cause });
  })) as [number | null];
  return code ?? -1;
}
