/**
 * Ends what runs in a container for a person who is gone. The engine lets a command go on when its connection ends, and
 * has no call that ends it: a second command does it, where the image has a shell. What belongs to a session is known by a
 * variable of its environment, and by the kernel's session that it leads; a terminal that loses its leader hangs up the rest.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerExec, ExecEngine } from './container-exec.ts';
import type { Course } from './left-running.ts';
import { runShell } from './shell-run.ts';

const variable = 'TOWLINE_SESSION';

/** For the environment of a command. */
export function sessionMark(id: string): string {
  return `${variable}=${id}`;
}

/**
 * Builtins of any shell alone. Prints the kernel's sessions of what bears the mark. `$1` mark, `$2` signal; `$3…` sessions
 * that are known already.
 */
const find = `
mark=$1; signal=$2; shift 2; sessions=" $* "
for place in /proc/[0-9]*; do
  pid=\${place#/proc/}
  [ "$pid" = $$ ] && continue
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"$mark"*)
      read -r stat < "$place/stat" || break
      set -- \${stat##*) }
      case "$sessions" in *" $4 "*) ;; *) [ "$4" -gt 1 ] && sessions="$sessions$4 ";; esac
      kill -s "$signal" "$pid"; kill -s CONT "$pid"; break;;
    esac
  done < "$place/environ"
done 2>/dev/null
for place in /proc/[0-9]*; do
  pid=\${place#/proc/}
  [ "$pid" = $$ ] && continue
  read -r stat < "$place/stat" || continue
  set -- \${stat##*) }
  case "$sessions" in *" $4 "*) kill -s "$signal" "$pid"; kill -s CONT "$pid";; esac
done 2>/dev/null
echo "$sessions"
`;

const root = '0';
/** For root: the image may look for programs, and libraries, where the user who enters has put their own. */
const rootsEnvironment = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LD_PRELOAD=', 'LD_LIBRARY_PATH='];

/** What hears of it may end by itself before it is made to, milliseconds. */
const graceMs = 1500;
const hangUpMs = 20_000;

export interface HangUp {
  readonly container: string;
  readonly user: string | undefined;
  /** Of the session. */
  readonly id: string;
  readonly exec: Pick<ContainerExec, 'mayRun'>;
}

/**
 * `known`: sessions of the kernel that are its own.
 * @returns those that are known now; undefined: there is no shell. @throws TowlineError ENGINE_…
 */
export async function signalSession(
  engine: ExecEngine,
  { container, user, id, known = [] }: Omit<HangUp, 'exec'> & { readonly known?: readonly string[] },
  name: string,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const words = [sessionMark(id), name, ...known];
  const environment = user === root ? rootsEnvironment : [];
  const ask = { container, user, script: find, words, environment };
  const { code, stdout } = await runShell(engine, ask, signal);
  if (code !== 0) return undefined;
  return stdout.split(/\s+/).filter(word => /^\d+$/.test(word));
}

/**
 * @returns `over`: nothing of it runs any more; `runs`: the image has no shell, or what ran has become another user whom nobody there
 * may end; `unknown`: the engine did not do it, and may yet. Never rejects
 */
export async function hangUp(engine: ExecEngine, left: HangUp): Promise<Course> {
  const { exec } = left;
  const signal = AbortSignal.timeout(hangUpMs);
  try {
    if (!(await exec.mayRun(signal))) return 'over';
    const known = await signalSession(engine, left, 'HUP', signal);
    if (known === undefined) return 'runs';
    if (await isOver(exec, signal)) return 'over';
    await signalSession(engine, { ...left, known }, 'KILL', signal);
    if (await isOver(exec, signal)) return 'over';
    // It has become somebody else; the container's root may end it still.
    await signalSession(engine, { ...left, known, user: root }, 'KILL', signal);
    return (await isOver(exec, signal)) ? 'over' : 'runs';
  } catch {
    // A container that is gone has nothing that runs.
    return (await exec.mayRun(AbortSignal.timeout(hangUpMs))) ? 'unknown' : 'over';
  }
}

async function isOver(exec: HangUp['exec'], signal: AbortSignal): Promise<boolean> {
  const endMs = performance.now() + graceMs;
  while (await exec.mayRun(signal)) {
    if (performance.now() > endMs) return false;
    await pause(50, undefined, { signal });
  }
  return true;
}
