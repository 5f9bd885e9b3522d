/** The bundle that a verb reads: a file, or standard input. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type OpenBundle, openBundle } from '../../core/bundle/open-bundle.ts';
import { unseal } from '../../core/bundle/seal.ts';
import { TowlineError } from '../../core/errors.ts';
import { passing } from './passing-bytes.ts';

const readBytes = 256 * 1024;

/** @throws TowlineError CLI_USAGE */
export async function bytesOf(file: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new TowlineError('CLI_USAGE', `there is no file ${file}`);
  if (found.isDirectory()) throw new TowlineError('CLI_USAGE', `${file} is a folder`);
  return createReadStream(file, { highWaterMark: readBytes, signal });
}

/** @throws TowlineError CLI_USAGE; as `openBundle` and `unseal` without a key */
export async function bundleIn(file: string, signal: AbortSignal): Promise<OpenBundle> {
  return openBundle(unseal(passing(await bytesOf(file, signal)), undefined));
}
