/** What a log shows of a test run: a line for each file, failures in full, node's closing lines. */
import path from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

const root = path.dirname(path.dirname(import.meta.dirname));

interface FileCount {
  passed: number;
  failed: number;
}

const relative = (file: string | undefined) => (file === undefined ? '(no file)' : path.relative(root, file));

function failure(event: TestEvent & { type: 'test:fail' }): string {
  const { name, file, line, details } = event.data;
  const cause = details.error.cause ?? details.error;
  const shown = cause instanceof Error ? inspect(cause, { depth: 3 }) : String(cause);
  return `\nnot ok: ${name}\n  at ${relative(file)}:${line ?? '?'}\n${shown.replace(/^/gm, '  ')}\n\n`;
}

const maxReasonLength = 300;

/** In a line or a few: of a long log one may have no more than the end. */
function failureAgain({ data: { name, file, line, details } }: TestEvent & { type: 'test:fail' }): string {
  const cause = details.error.cause ?? details.error;
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const shown = reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength)} …` : reason;
  return `not ok: ${name}\n  at ${relative(file)}:${line ?? '?'}\n${shown.replace(/^/gm, '  ')}\n`;
}

function closing(counts: Record<string, number>, durationMs: number): string {
  const { tests, suites, passed, cancelled, skipped, todo } = counts;
  const failed = (tests ?? 0) - (passed ?? 0) - (cancelled ?? 0) - (skipped ?? 0) - (todo ?? 0);
  const lines = { tests, suites, pass: passed, fail: failed, cancelled, skipped, todo };
  const shown = Object.entries(lines).map(([name, count]) => `# ${name} ${count ?? 0}\n`);
  return `\n${shown.join('')}# duration_ms ${Math.round(durationMs)}\n`;
}

/** A suite fails because a test in it does, and that one was shown. `failureType`: https://nodejs.org/api/test.html */
function failedByItself(error: Error & { failureType?: string }): boolean {
  return error.failureType !== 'subtestsFailed';
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, FileCount>();
  let failures = '';
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const isSuite = event.data.details.type === 'suite';
      const count = files.get(event.data.file ?? '') ?? { passed: 0, failed: 0 };
      if (!isSuite) count[event.type === 'test:pass' ? 'passed' : 'failed']++;
      files.set(event.data.file ?? '', count);
      if (event.type === 'test:fail' && failedByItself(event.data.details.error)) {
        failures += failureAgain(event);
        yield failure(event);
      }
    } else if (event.type === 'test:summary') {
      const { counts, duration_ms, file, success } = event.data;
      if (file === undefined) {
        yield `${failures === '' ? '' : `\nWhat failed, once more:\n${failures}`}${closing(counts, duration_ms)}`;
      } else {
        const { passed, failed } = files.get(file) ?? { passed: 0, failed: 0 };
        const mark = success ? 'ok    ' : 'not ok';
        yield `${mark} ${relative(file)} (${passed + failed} tests, ${(duration_ms / 1000).toFixed(1)} s)\n`;
      }
    } else if (event.type === 'test:stderr') {
      yield event.data.message;
    }
  }
}
