/** An asciicast into a file or a pipe, line by line: as one text it may be longer than any that Node has. */
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Into a new file, which is gone again where not all of it could be written. @throws what the file system throws */
export async function exportToFile(
  lines: Iterable<string>,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await pipeline(Readable.from(ended(lines)), handle.createWriteStream(), { signal });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** As fast as they are taken; the end of it is the caller's. */
export async function writeLines(lines: Iterable<string>, to: Writable, signal: AbortSignal): Promise<void> {
  for (const line of ended(lines)) {
    signal.throwIfAborted();
    if (!to.write(line)) await once(to, 'drain', { signal });
  }
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
