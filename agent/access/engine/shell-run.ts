/** A short script in a container, with its answer: nothing of it is a person's, but for its words. */
import { ContainerExec, type ExecEngine } from './container-exec.ts';

export interface ShellAsk {
  readonly container: string;
  readonly user: string | undefined;
  readonly script: string;
  /** `$1`, `$2`, … */
  readonly words?: readonly string[];
  readonly environment?: readonly string[];
}

export interface ShellAnswer {
  /** 126 and 127: there is no shell. Undefined: nobody knows. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const maxAnswerBytes = 64 * 1024;

/** @throws TowlineError ENGINE_… */
export async function runShell(
  engine: ExecEngine,
  { script, words = [], ...ask }: ShellAsk,
  signal: AbortSignal,
): Promise<ShellAnswer> {
  const command = ['sh', '-c', script, 'towline', ...words];
  const exec = await ContainerExec.start(engine, { ...ask, command, hasInput: false }, signal);
  const said = { stdout: '', stderr: '' };
  const onAbort = () => exec.letGo();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await exec.read(({ stream, bytes }) => {
      const room = maxAnswerBytes - said[stream].length;
      if (room > 0) said[stream] += bytes.toString('utf8', 0, room);
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return { code: await exec.exitCode(signal), ...said };
}
