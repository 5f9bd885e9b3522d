/** A review as it comes from the job that planned: of a branch that may be hostile, so that nothing of it is taken on trust. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { review as validate } from '../../schemas/validate.generated.js';
import { maxReviewBytes } from './bounded.ts';

/** @throws TowlineError CLI_REVIEW_INVALID */
export function parseReview(bytes: Uint8Array): ReviewFile {
  if (bytes.length > maxReviewBytes) throw invalid(`it has more than ${maxReviewBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('it is no JSON', cause);
  }
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw invalid(`${first?.instancePath || '/'} ${first?.message ?? 'does not satisfy the schema'}`);
}

/** @param file a path; undefined: standard input. @throws TowlineError CLI_REVIEW_INVALID */
export async function readReview(file: string | undefined): Promise<ReviewFile> {
  return parseReview(file === undefined ? await collect(upTo(process.stdin)) : await bytesIn(file));
}

/** One chunk more than it may have is enough to refuse it. */
async function* upTo(input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of input) {
    yield chunk;
    bytes += chunk.length;
    if (bytes > maxReviewBytes) return;
  }
}

async function bytesIn(file: string): Promise<Uint8Array> {
  const bytes = await readBounded(file, maxReviewBytes).catch((cause: unknown) => {
    throw isTowlineError(cause) ? invalid(cause.message, cause) : cause;
  });
  if (bytes === undefined) throw invalid(`there is no ${file}`);
  return bytes;
}

function invalid(why: string, cause?: unknown): TowlineError {
  return new TowlineError('CLI_REVIEW_INVALID', `the review cannot be used: ${why}`, { cause });
}
