/**
 * `node --import deadly-disk.ts PROGRAM` with TOWLINE_DIE_AT=n: the process kills itself in front of its nth change of the
 * disk, as SIGKILL or an OOM killer might. Calls that are several changes to a disk are made one by one, a file is written
 * in two halves. Without a number it says at the end how many changes there were.
 */
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const dieAt = Number(process.env.TOWLINE_DIE_AT ?? Number.POSITIVE_INFINITY);
let changes = 0;

function change(): void {
  if (++changes >= dieAt) process.kill(process.pid, 'SIGKILL');
}

const { open, rename, unlink, mkdir, rmdir, lstat, readdir, writeFile } = promises;

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function follow(handle: FileHandle): FileHandle {
  const [sync, write] = [handle.sync.bind(handle), handle.writeFile.bind(handle)];
  handle.sync = async () => {
    change();
    await sync();
  };
  handle.writeFile = async (content, ...options) => {
    const bytes = Buffer.from(content as Uint8Array);
    const half = bytes.length >> 1;
    for (const part of [bytes.subarray(0, half), bytes.subarray(half)]) {
      change();
      await write(part, ...options);
    }
  };
  return handle;
}

promises.open = async (file, flags, mode) => {
  if (flags !== undefined && flags !== 'r') change();
  return follow(await open(file, flags, mode));
};
promises.rename = async (from, to) => {
  change();
  await rename(from, to);
};
promises.unlink = async file => {
  change();
  await unlink(file);
};
promises.rmdir = async folder => {
  change();
  await rmdir(folder);
};
promises.writeFile = async (...parameters) => {
  change();
  await writeFile(...parameters);
};
promises.mkdir = (async (given: string, options?: { recursive?: boolean; mode?: number }) => {
  const folder = path.resolve(given);
  if (options?.recursive !== true) {
    change();
    return mkdir(folder, options);
  }
  if (await exists(folder)) return undefined;
  const first = await promises.mkdir(path.dirname(folder), { ...options, recursive: true });
  change();
  await mkdir(folder, { mode: options.mode });
  return first ?? folder;
}) as typeof mkdir;
promises.rm = async (given, options) => {
  const file = path.resolve(String(given));
  if (options?.force === true && !(await exists(file))) return;
  if ((await lstat(file)).isDirectory() && options?.recursive === true) {
    for (const name of await readdir(file)) await promises.rm(path.join(file, name), options);
    await promises.rmdir(file);
  } else await promises.unlink(file);
};
syncBuiltinESMExports();
process.once('exit', () => process.stdout.write(`${changes}\n`));
