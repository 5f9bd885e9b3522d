/** What a doctor finds: of each thing that it looks at whether it is well, and what to do where it is not. */
import { messageOf } from '../../errors/cause.ts';
import { isTowlineError } from '../../errors.ts';
import { printable } from '../../shown-text.ts';
import { TimeLimit } from '../time-limit.ts';

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** What was looked at, such as `gateway.pin`: it stays the same from version to version. */
  readonly id: string;
  readonly level: Level;
  /** A sentence. */
  readonly message: string;
  /** What to do; of what is well none. */
  readonly remedy?: string;
}

export interface Check {
  /** What is found where it fails or takes too long. */
  readonly id: string;
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** For one check, milliseconds. */
const longestMs = 20_000;

/** As monitoring plugins end: 0 all is well, 1 warnings, 2 failures. 3, that nothing could be looked at, is the caller's. */
export function doctorExitCode(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ level }) => level === 'fail')) return 2;
  return findings.some(({ level }) => level === 'warn') ? 1 : 0;
}

/** All of them side by side; what throws is a finding, too. In the order of the checks. @throws the signal's reason */
export async function examine(checks: readonly Check[], signal: AbortSignal): Promise<Finding[]> {
  const looks = checks.map(async ({ id, look }): Promise<readonly Finding[]> => {
    using limit = new TimeLimit(longestMs);
    let timer: NodeJS.Timeout | undefined;
    // What does not hear the signal is left behind.
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not within ${longestMs / 1000} s`)), longestMs);
    });
    try {
      return await Promise.race([look(AbortSignal.any([signal, limit.signal])), over]);
    } catch (error) {
      signal.throwIfAborted();
      return [failed(id, error)];
    } finally {
      clearTimeout(timer);
    }
  });
  return (await Promise.all(looks)).flat();
}

/** By the registry of errors, where it is one of ours. */
export function failed(id: string, error: unknown, level: 'warn' | 'fail' = 'fail'): Finding {
  const message = isTowlineError(error) ? `${error.code} ${error.message}` : messageOf(error);
  return { id, level, message, ...(isTowlineError(error) ? { remedy: error.remedy } : {}) };
}

/** What is wrong first, then in the order in which it was looked at. */
export function findingLines(findings: readonly Finding[]): string[] {
  const order: readonly Level[] = ['fail', 'warn', 'ok'];
  const widest = Math.max(...findings.map(({ id }) => id.length), 0);
  return order.flatMap(level =>
    findings
      .filter(finding => finding.level === level)
      .flatMap(({ id, message, remedy }) => [
        `${level.padEnd(5)} ${id.padEnd(widest)}  ${printable(message)}`,
        ...(remedy === undefined ? [] : [`${' '.repeat(widest + 8)}${printable(remedy)}`]),
      ]),
  );
}

/** `2 failures, 1 warning, 9 well` */
export function findingCounts(findings: readonly Finding[]): string {
  const count = (of: Level) => findings.filter(({ level }) => level === of).length;
  const many = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;
  return `${many(count('fail'), 'failure')}, ${many(count('warn'), 'warning')}, ${count('ok')} well`;
}
