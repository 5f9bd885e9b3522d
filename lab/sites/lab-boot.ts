/** The first process of a lab: processes, mounts and network of its own, and the keeper in them. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import { programWords } from '../machine/programs.ts';
import { Entered } from './entered.ts';
import { orderKeeper } from './keeper/keeper-order.ts';
import { inside, type LabPlaces, markOf } from './lab-places.ts';

const readyTimeoutMs = 60_000;

/**
 * /run and shared memory are the lab's own, and so is what engines write into /etc and /opt: all in memory. Names, and nobody's name
 * server. The shell goes on as the first process, which has to bury what others leave behind; it ends with the keeper.
 */
const firstSteps = `
names=$1 servers=$2 scratch=$3
shift 3
mount -t tmpfs -o mode=755 towline-lab /run
mount -t tmpfs -o mode=1777 towline-lab /dev/shm
mkdir -p /run/engines /run/agents /run/sshd /run/tmp
mount --bind "$scratch" /run/tmp
for folder in etc opt; do
  mkdir -p /run/own/$folder/upper /run/own/$folder/work
  mount -t overlay -o lowerdir=/$folder,upperdir=/run/own/$folder/upper,workdir=/run/own/$folder/work towline-lab /$folder
done
cp "$names" /etc/hosts
rm -f /etc/resolv.conf
cp "$servers" /etc/resolv.conf
"$@" &
wait $!
`;

export interface Booted {
  /** Process id on this machine. */
  readonly init: number;
  readonly entered: Entered;
  readonly keeper: string;
}

/** @param places whose folder has `hosts`, `resolv.conf` and `tmp`. @throws TowlineError LAB_STEP with what it said */
export async function bootLab(places: LabPlaces, signal: AbortSignal): Promise<Booted> {
  const log = places.log('keeper');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--net', '--fork', '--kill-child', '--mount-proc', '--propagation', 'slave'],
      ...['--', 'sh', '-ec', firstSteps, markOf(places.name)],
      ...['hosts', 'resolv.conf', 'tmp'].map(name => path.join(places.folder, name)),
      ...programWords('towline', ['lab', 'part', 'keeper']),
    ],
    { cwd: '/', detached: true, stdio: ['ignore', output, output], env: keeperEnvironment() },
  );
  closeSync(output);
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  child.unref();
  const deadline = performance.now() + readyTimeoutMs;
  while (!ended && performance.now() < deadline) {
    signal.throwIfAborted();
    const booted = await look(child.pid ?? 0, places);
    if (booted !== undefined) return booted;
    await sleep(20);
  }
  throw new TowlineError('LAB_STEP', `the lab does not begin:\n${readFileSync(log, 'utf8').slice(-4096)}`);
}

/** Nothing of the person's own: what git, ssh or Towline read there would be another's in the lab. */
export function keeperEnvironment(): Record<string, string> {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const programs = process.env.TOWLINE_PROGRAMS;
  return {
    ...{ PATH: path, LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: '/' },
    // In /tmp others see process ids that are not theirs, and clear away what they take for left behind.
    TMPDIR: '/run/tmp',
    ...(programs === undefined ? {} : { TOWLINE_PROGRAMS: programs }),
  };
}

async function look(unshared: number, places: LabPlaces): Promise<Booted | undefined> {
  const init = firstChild(unshared);
  if (init === 0) return undefined;
  const entered = new Entered(init, places);
  const keeper = entered.path(inside.keeper);
  try {
    await orderKeeper(keeper, { verb: 'status' });
    return { init, entered, keeper };
  } catch {
    return undefined;
  }
}

function firstChild(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? 0);
  } catch {
    return 0;
  }
}
