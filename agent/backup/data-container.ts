/** The helper: a container of the image that the package brings, in which volumes are read and written. */
import { TowlineError } from '../../core/errors.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

export interface HelperRun {
  /** Program and arguments, in the image. */
  readonly command: readonly string[];
  /** As the engine has it: `volume:/path:ro`, `/folder:/path`. */
  readonly binds: readonly string[];
  /** Capabilities beyond none. */
  readonly capabilities: readonly string[];
  readonly memoryBytes: number;
  /** Absent: it has no network. */
  readonly network?: string;
  readonly timeoutMs: number;
}

/** @returns what it has written. @throws TowlineError BACKUP_HELPER, BACKUP_FAILED, BACKUP_TIMEOUT, ENGINE_… */
export async function runHelper(
  _context: RunContext,
  { command }: HelperRun,
  _signal: AbortSignal,
): Promise<string> {
  throw new TowlineError('BACKUP_HELPER', `no helper runs ${command[0]} yet`);
}
