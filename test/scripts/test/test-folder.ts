/** A folder of test files, for runs of a runner within a test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunOptions } from '../../../scripts/test/run-files.ts';

export class TestFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'towline-tests-'));
  /** What the run said so far. */
  said = '';

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, source] of Object.entries(files)) writeFileSync(path.join(this.path, name), source);
  }

  options(words: readonly string[]): RunOptions {
    // Within a test node runs no other.
    const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
    return {
      arguments: [
        '--test',
        '--test-concurrency=1',
        '--test-reporter=tap',
        `--test-reporter-destination=${path.join(this.path, 'shown')}`,
        ...words,
      ],
      directory: this.path,
      environment: { ...environment, FOLDER: this.path },
      fileLimitMs: 60_000,
      deadline: Date.now() + 120_000,
      say: text => {
        this.said += text;
      },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
