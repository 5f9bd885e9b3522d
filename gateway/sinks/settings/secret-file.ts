/** A secret that stands in a file of its own, beside gateway.yaml and not in it. */
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { readBounded } from '../../../core/io/file/durable-file.ts';

const maxSecretBytes = 16 * 1024;
const maxPemBytes = 1024 * 1024;

/** Without the end of its line. @throws TowlineError TELEMETRY_SINK_FILE */
export async function readSecretFile(file: string): Promise<string> {
  const text = (await readSinkFile(file, maxSecretBytes)).replace(/\r?\n$/, '');
  // It goes into a header, or into a message of a protocol: a line more would be another one.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it must not have
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) throw unusable(file, 'it is empty or has several lines');
  return text;
}

/** @throws TowlineError TELEMETRY_SINK_FILE */
export async function readPemFile(file: string): Promise<string> {
  const text = await readSinkFile(file, maxPemBytes);
  if (!text.includes('-----BEGIN ')) throw unusable(file, 'it holds nothing in PEM');
  return text;
}

async function readSinkFile(file: string, maxBytes: number): Promise<string> {
  const bytes = await readBounded(file, maxBytes).catch((cause: unknown) => {
    throw unusable(file, messageOf(cause));
  });
  if (bytes === undefined) throw unusable(file, 'there is none');
  return bytes.toString('utf8');
}

function unusable(file: string, why: string): TowlineError {
  return new TowlineError('TELEMETRY_SINK_FILE', `${file} cannot be used: ${why}`);
}
