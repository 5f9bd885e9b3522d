/**
 * The form of what the agent writes down in its state directory. A version that reads form N reads every lower one, and none that
 * is higher: so nothing of a higher form is written while the version before may come back, and the state is brought to it when
 * this one has shown that it may stay.
 */
import path from 'node:path';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';

/** What this version writes. trust/agents says it of each version as `stateFormat`. */
export const stateFormat = 1;

/** From this form to the next. It may be cut anywhere, and is then done once more; what it replaces it may remove. */
export type Migration = (stateDirectory: string) => Promise<void>;

/** Form N is brought to N + 1 by the migration under N. */
export type Migrations = ReadonlyMap<number, Migration>;

const none: Migrations = new Map();
const maxBytes = 64;

export class StateFormat {
  readonly #stateDirectory: string;
  readonly #own: number;
  readonly #migrations: Migrations;

  constructor(stateDirectory: string, own: number = stateFormat, migrations: Migrations = none) {
    this.#stateDirectory = stateDirectory;
    this.#own = own;
    this.#migrations = migrations;
  }

  /** What lies on the disk: 1 where nothing is said of it. */
  async written(): Promise<number> {
    const text = (await readBounded(this.#file, maxBytes).catch(() => undefined))?.toString('latin1') ?? '';
    return /^[1-9]\d{0,6}\n?$/.test(text) ? Number(text) : 1;
  }

  /** Brings the state to what this version writes: once it stays, and nothing may come back that could not read it. */
  async migrate(): Promise<void> {
    for (let form = await this.written(); form < this.#own; form += 1) {
      await this.#migrations.get(form)?.(this.#stateDirectory);
      await writeDurably(this.#file, `${form + 1}\n`);
    }
  }

  get #file(): string {
    return path.join(this.#stateDirectory, 'versions', 'state-format');
  }
}
