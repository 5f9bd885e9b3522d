/** Commands of `backup` in a container of the app: what flushes a database, or makes a dump of it. */
import type { BackupHook } from '../../core/backup/settings.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { redacted } from '../../core/redaction/redacted-lines.ts';
import { printable } from '../../core/shown-text.ts';
import { ExecFrames } from '../access/engine/exec-frames.ts';
import { members, nullable, number, truth } from '../runtime/engine/answer-shape.ts';
import { made } from '../runtime/engine/engine-answers.ts';
import { engineStatus } from '../runtime/engine/refusals.ts';
import { type RunContext, targetOf } from '../runtime/engine/run-context.ts';

const execState = members({ Running: truth, ExitCode: nullable(number) });
const pollMs = 100;
/** Of what it says last. */
const mostBytes = 8 * 1024;
const mostCharacters = 200;

/** The last lines of both outputs. It reads to the end: a command whose output nobody takes waits for ever. */
async function lastLines(output: AsyncIterable<Buffer>): Promise<string[]> {
  const frames = new ExecFrames();
  let last = Buffer.alloc(0);
  for await (const chunk of output) {
    const pieces = frames.push(chunk).map(({ bytes }) => bytes);
    last = Buffer.concat([last, ...pieces]).subarray(-mostBytes);
  }
  return last.toString('utf8').split(/\r?\n/);
}

async function runCommand(
  { engine, clock }: RunContext,
  container: string,
  { command }: BackupHook,
  signal: AbortSignal,
): Promise<{ code: number; lines: string[] }> {
  const body = { Cmd: command, AttachStdout: true, AttachStderr: true };
  const path = `/containers/${container}/exec`;
  const { Id } = await engine.call({ method: 'POST', path, body, answer: made }, signal);
  const start = { method: 'POST', path: `/exec/${Id}/start`, body: { Detach: false, Tty: false } } as const;
  const stream = await engine.stream(start, signal);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  let lines: string[];
  try {
    lines = await lastLines(stream);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
  for (;;) {
    const state = await engine.call({ method: 'GET', path: `/exec/${Id}/json`, answer: execState }, signal);
    if (!state.Running && state.ExitCode !== null) return { code: state.ExitCode, lines };
    await clock.sleep(pollMs, signal);
  }
}

/** What it said last, for a status that leaves the device. */
async function wordsOf(context: RunContext, project: string, lines: readonly string[]): Promise<string> {
  const target = targetOf(context, project);
  // Where they cannot be opened nothing of it is told: it may have said one of them.
  const secrets = await context.secrets.of(target).catch(() => undefined);
  if (secrets === undefined) return '';
  const clean = redacted(lines, secrets.values()).map(printable);
  const said = clean
    .filter(line => line.trim() !== '')
    .slice(-3)
    .join('; ');
  return said === '' ? '' : `: ${[...said].slice(-mostCharacters).join('')}`;
}

/** @throws TowlineError BACKUP_HOOK_FAILED, ENGINE_…; the signal's reason */
export async function runBackupHook(
  step: StepOf<'backup-hook'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { project, service, container } = step;
  const hook = targetOf(context, project).backup?.[step.hook];
  if (hook === undefined) return;
  const details = { project, service };
  const failed = (why: string, cause?: unknown) =>
    new TowlineError('BACKUP_HOOK_FAILED', `the ${step.hook} command of ${service} ${why}`, {
      details,
      cause,
    });
  using limit = new TimeLimit(hook.timeoutMs);
  let end: { code: number; lines: string[] };
  try {
    end = await runCommand(context, container, hook, AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    signal.throwIfAborted();
    // The engine ends no command: it may run on in its container.
    if (limit.signal.aborted) throw failed(`has not ended after ${hook.timeoutMs / 1000} s`, error);
    if (engineStatus(error) === undefined) throw error;
    throw failed(`cannot be run: ${messageOf(error)}`, error);
  }
  if (end.code !== 0) throw failed(`ended with ${end.code}${await wordsOf(context, project, end.lines)}`);
}
