/**
 * What was found out of git objects once, kept in the clone's git directory (`towline/NAME`): objects do not change. It may be
 * lost, damaged or of another version at any time: then there is nothing, and it is found out again.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { isFields } from '../../core/json.ts';
import { version } from '../../core/version.ts';

/** More is not kept, bytes: ten thousand devices with twenty services each. */
const maxBytes = 128 * 1024 * 1024;

export class KeptFile {
  readonly #file: string;

  /** @param name such as `status-verdicts` */
  constructor(gitDirectory: string, name: string) {
    this.#file = path.join(gitDirectory, 'towline', name);
  }

  /** Whoever takes a value checks what it is. */
  async read(): Promise<ReadonlyMap<string, unknown>> {
    try {
      const bytes = await readBounded(this.#file, maxBytes);
      const end = bytes?.indexOf(0x0a) ?? -1;
      if (bytes === undefined || end < 0) return new Map();
      const content = bytes.subarray(end + 1);
      if (bytes.toString('latin1', 0, end) !== headOf(content)) return new Map();
      const found: unknown = JSON.parse(content.toString('utf8'));
      return isFields(found) ? new Map(Object.entries(found)) : new Map();
    } catch {
      return new Map();
    }
  }

  /** What cannot be written is found out again: a clone may be read-only, a disk full. */
  async write(entries: Iterable<readonly [string, unknown]>): Promise<void> {
    const content = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    if (content.length > maxBytes) return;
    const head = Buffer.from(`${headOf(content)}\n`);
    await writeDurably(this.#file, Buffer.concat([head, content])).catch(() => undefined);
  }
}

const headOf = (content: Uint8Array) =>
  `towline ${version} sha256:${createHash('sha256').update(content).digest('hex')}`;
