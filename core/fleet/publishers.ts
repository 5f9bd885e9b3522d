/** trust/images.yaml with the keys that it names. */
import type { KeyObject } from 'node:crypto';
import { messageOf } from '../errors/cause.ts';
import { maxPemBytes, readCertificates, readPublicKey } from '../images/signing/public-key.ts';
import type { Keyless, LogKey, PublisherRule, Publishers } from '../images/signing/publishers.ts';
import { parseGlob } from '../trust/policy/glob.ts';
import { tooLargeProblem } from './load.ts';
import { type Reading, readAt } from './load-device.ts';
import { imagesPath } from './paths.ts';
import type { CheckedFile } from './schema-check.ts';

type File = CheckedFile<'images'>;
type Rule = File['value']['rules'][number];
type Said = NonNullable<Rule['keyless']>;

/** One rule of the file: what is wrong in it goes to the problems of the reading. */
class RuleReader {
  readonly #reading: Reading;
  readonly #file: File;
  readonly #pointer: string;

  constructor(reading: Reading, file: File, pointer: string) {
    this.#reading = reading;
    this.#file = file;
    this.#pointer = pointer;
  }

  problem(below: string, message: string): void {
    const position = this.#file.locate(`${this.#pointer}${below}`);
    this.#reading.problems.push({ code: 'TRUST_IMAGES', message, position });
  }

  async #textOf(pem: string): Promise<string> {
    if (pem.startsWith('-----')) return pem;
    const { reader, commit } = this.#reading;
    const file = await reader.fileAt(commit, pem, maxPemBytes).catch((error: unknown) => {
      if (tooLargeProblem(error, pem) === undefined) throw error;
      return { bytes: Buffer.alloc(maxPemBytes + 1) };
    });
    if (file === undefined) throw new Error('the file does not exist');
    if (file.bytes.length > maxPemBytes) throw new Error(`the file is over ${maxPemBytes} bytes`);
    return Buffer.from(file.bytes).toString('latin1');
  }

  async #pem<Value>(pem: string, below: string, read: (text: string) => Value): Promise<Value[]> {
    try {
      return [read(await this.#textOf(pem))];
    } catch (error) {
      const name = pem.startsWith('-----') ? 'the PEM' : pem;
      this.problem(below, `${name} cannot be used: ${messageOf(error)}`);
      return [];
    }
  }

  async #each<Value>(below: string, pems: readonly string[] = [], read: (text: string) => Value) {
    const found: Value[] = [];
    for (const [index, pem] of pems.entries())
      found.push(...(await this.#pem(pem, `${below}/${index}`, read)));
    return found;
  }

  async #logs(key: 'logs' | 'certificateLogs', logs: Said['logs'] = []): Promise<LogKey[]> {
    const found: LogKey[] = [];
    for (const [index, { name, key: pem }] of logs.entries())
      for (const read of await this.#pem(pem, `/keyless/${key}/${index}/key`, readPublicKey))
        found.push({ name, key: read });
    return found;
  }

  keys(pems: readonly string[]): Promise<KeyObject[]> {
    return this.#each('/keys', pems, readPublicKey);
  }

  async keyless(said: Said): Promise<Keyless> {
    if (said.logs === undefined && said.timestamps === undefined)
      this.problem('/keyless', 'nobody says when a signature was made: it needs `logs` or `timestamps`');
    return {
      issuer: said.issuer,
      subject: parseGlob(said.subject),
      roots: await this.#each('/keyless/roots', said.roots, readCertificates),
      logs: await this.#logs('logs', said.logs),
      timestamps: await this.#each('/keyless/timestamps', said.timestamps, readCertificates),
      certificateLogs: await this.#logs('certificateLogs', said.certificateLogs),
    };
  }
}

async function ruleOf(rule: Rule, reader: RuleReader): Promise<PublisherRule | undefined> {
  const { name, keys, keyless, onDevice = false } = rule;
  const repositories = rule.repositories.map(text => ({ text, glob: parseGlob(text) }));
  if ((keys === undefined) === (keyless === undefined)) {
    reader.problem('', `rule "${name}" needs either \`keys\` or \`keyless\``);
  } else if (keys !== undefined) {
    return { name, repositories, keys: await reader.keys(keys), onDevice };
  } else if (keyless !== undefined) {
    if (onDevice) reader.problem('/onDevice', 'devices verify signatures by `keys` alone');
    return { name, repositories, keyless: await reader.keyless(keyless) };
  }
  return undefined;
}

/**
 * Whose signatures images must have, at a commit.
 * @returns undefined: nobody asks for any; or something is wrong, which stands among the problems
 * @throws TowlineError when an object is missing or malformed
 */
export async function readPublishers(reading: Reading): Promise<Publishers | undefined> {
  const file = await readAt(reading, 'images', imagesPath);
  if (file === undefined) return undefined;
  const { problems } = reading;
  const before = problems.length;
  const rules: PublisherRule[] = [];
  for (const [index, said] of file.value.rules.entries()) {
    const reader = new RuleReader(reading, file, `/rules/${index}`);
    if (rules.some(({ name }) => name === said.name))
      reader.problem('/name', `there is another rule "${said.name}"`);
    const rule = await ruleOf(said, reader);
    if (rule !== undefined) rules.push(rule);
  }
  return problems.length > before ? undefined : { rules, others: file.value.default };
}
