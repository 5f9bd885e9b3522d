/** Where a token comes from: the command line, where other people of the machine can read it, a file, or standard input. */

import { TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';

const maxBytes = 64 * 1024;

export interface TokenPlace {
  /** The word on the command line; `-` stands for standard input. */
  readonly word: string | undefined;
  readonly file: string | undefined;
  readonly input: AsyncIterable<Uint8Array | string>;
}

/** @throws TowlineError ENROLMENT_TOKEN_MALFORMED where there is none, AGENT_FILE_TOO_LARGE */
export async function readTokenText({ word, file, input }: TokenPlace): Promise<string> {
  if (file !== undefined) {
    const bytes = await readBounded(file, maxBytes);
    if (bytes === undefined) throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', `there is no ${file}`);
    return bytes.toString('utf8').trim();
  }
  if (word === '-') return await readAll(input);
  if (word !== undefined) return word;
  throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'no token: give it, `-`, or --token-file FILE');
}

async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes)
      throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'standard input is no token: too long');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}
