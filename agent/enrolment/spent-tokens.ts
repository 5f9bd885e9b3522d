/** Tokens by which this device was anchored anew: each does it once, also while it has not expired. */
import path from 'node:path';
import { type EnrolmentToken, tokenPublicKey } from '../../core/enrolment/token.ts';
import { TowlineError } from '../../core/errors.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { isFields } from '../../core/json.ts';

const maxFileBytes = 1024 * 1024;

type Use = 'begun' | 'done';

export class SpentTokens {
  readonly #file: string;
  readonly #uses: Map<string, Use>;

  private constructor(file: string, uses: Map<string, Use>) {
    this.#file = file;
    this.#uses = uses;
  }

  /** @throws TowlineError AGENT_STATE_GARBAGE: what is damaged must not make a token good again */
  static async open(stateDirectory: string): Promise<SpentTokens> {
    const file = path.join(stateDirectory, 're-anchored.json');
    const bytes = await readBounded(file, maxFileBytes);
    return new SpentTokens(file, bytes === undefined ? new Map() : parseUses(file, bytes.toString('utf8')));
  }

  /** To be called before anything is changed. What was begun and cut off may be begun again. @throws TowlineError ENROLMENT_TOKEN_USED */
  async begin(token: EnrolmentToken): Promise<void> {
    // By its key: the rest of a token can be written anew by whoever has it.
    const key = tokenPublicKey(token);
    if (this.#uses.get(key) === 'done') {
      throw new TowlineError('ENROLMENT_TOKEN_USED', 'this device was anchored anew by this token before');
    }
    await this.#note(key, 'begun');
  }

  async end(token: EnrolmentToken): Promise<void> {
    await this.#note(tokenPublicKey(token), 'done');
  }

  async #note(key: string, use: Use): Promise<void> {
    this.#uses.set(key, use);
    await writeDurably(this.#file, `${JSON.stringify(Object.fromEntries(this.#uses), null, 2)}\n`);
  }
}

function parseUses(file: string, text: string): Map<string, Use> {
  try {
    const uses: unknown = JSON.parse(text);
    const isUse = (entry: [string, unknown]): entry is [string, Use] =>
      entry[1] === 'begun' || entry[1] === 'done';
    // Of anything but an object no use would be known.
    const entries = isFields(uses) ? Object.entries(uses) : undefined;
    if (entries?.every(isUse)) return new Map(entries);
  } catch (cause) {
    throw new TowlineError('AGENT_STATE_GARBAGE', `${file} is damaged`, { cause });
  }
  throw new TowlineError('AGENT_STATE_GARBAGE', `${file} is damaged`);
}
