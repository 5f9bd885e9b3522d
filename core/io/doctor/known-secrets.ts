/** What must not be said in an archive for support: it is looked for wherever it lies. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../errors/cause.ts';
import { isMissing, readBounded } from '../file/durable-file.ts';
import { loginOf } from './redacted-yaml.ts';

/** Of one file, bytes; of files and folders. */
const [maxFileBytes, maxPlaces] = [1024 * 1024, 5000];
/** A value of the environment, or of a configuration, that is as short stands in words that have nothing to do with it. */
const shortest = 6;
/** Names of environment variables whose values are secret. */
const secretVariable = /TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH|BEARER|COOKIE|HOOK|DSN/i;

export class KnownSecrets {
  readonly values: string[] = [];
  /** Why some of it is not known; then nobody can say what a log must not. */
  unread: string | undefined;
  #places = 0;

  /** @param environment as `process.env` */
  constructor(environment: Readonly<Record<string, string | undefined>>) {
    for (const [name, value = ''] of Object.entries(environment))
      this.add(secretVariable.test(name) ? [value, ...loginOf(value)] : loginOf(value));
  }

  add(values: readonly string[]): void {
    this.values.push(...values.filter(({ length }) => length >= shortest));
  }

  /** A file, or a folder with all that is in it, links too. */
  async read(place: string): Promise<void> {
    if (this.unread !== undefined) return;
    try {
      this.#places += 1;
      if (this.#places > maxPlaces) throw new Error(`more than ${maxPlaces} files`);
      const found = await stat(place);
      if (found.isDirectory()) {
        for (const name of await readdir(place)) await this.read(path.join(place, name));
      } else if (found.isFile()) {
        const bytes = await readBounded(place, maxFileBytes);
        if (bytes !== undefined) this.values.push(bytes.toString('utf8'));
      }
    } catch (error) {
      if (!isMissing(error)) this.miss(place, messageOf(error));
    }
  }

  /** What is said there is not known. */
  miss(place: string, why: string): void {
    this.unread ??= `left out: what must not be said in it is not known (${place}: ${why})`;
  }
}
