/**
 * A reporter for `npm test` itself: when each file ran, and what failed in it when. A line of JSON for each event, as it
 * happens: what people are shown waits for the files before it.
 */
import path from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** One line. Times are milliseconds since 1970. */
export type RecordLine =
  | { readonly kind: 'begun' | 'ended'; readonly file: string; readonly at: number }
  | {
      readonly kind: 'failed';
      readonly file: string;
      readonly name: string;
      readonly from: number;
      readonly at: number;
    };

interface Ran {
  readonly from: number;
  to?: number;
}

type Failed = Error & { readonly failureType?: string };

/** A file is itself a test, whose name is the path that the runner was given. */
const isFile = ({ name, file, nesting }: { name: string; file?: string; nesting: number }) =>
  nesting === 0 && file !== undefined && path.resolve(name) === file;

export default async function* record(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const ran = new Map<string, Ran>();
  const line = (value: RecordLine) => `${JSON.stringify(value)}\n`;
  for await (const event of source) {
    const at = Date.now();
    if (event.type === 'test:dequeue' && isFile(event.data)) {
      const { file = '' } = event.data;
      ran.set(file, { from: at });
      yield line({ kind: 'begun', file, at });
    } else if (event.type === 'test:complete') {
      const { file = '', name, details } = event.data;
      const error: Failed | undefined = details.error;
      // Something in it has failed, and was told.
      if (!details.passed && error?.failureType !== 'subtestsFailed') {
        yield line({ kind: 'failed', file, name, from: at - details.duration_ms, at });
      }
      if (!isFile(event.data)) continue;
      ran.set(file, { from: ran.get(file)?.from ?? at, to: at });
      yield line({ kind: 'ended', file, at });
    } else if (event.type === 'test:fail') {
      // A hook of a file is told here alone, in the file's turn: when it failed nobody says.
      const { file = '', name, details } = event.data;
      const error: Failed = details.error;
      if (error.failureType !== 'hookFailed' || !isFile(event.data)) continue;
      const { from = at, to = at } = ran.get(file) ?? {};
      yield line({ kind: 'failed', file, name, from, at: to });
    }
  }
}
