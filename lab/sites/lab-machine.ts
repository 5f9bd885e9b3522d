/** What this machine must have before a lab is begun. Nothing is installed: a person is told the names of the packages. */
import { accessSync, constants } from 'node:fs';
import { TowlineError } from '../../core/errors.ts';
import { missingPackages } from '../machine/packages.ts';
import { assertProvider } from './identity.ts';
import type { LabPlan } from './lab-plan.ts';
import { fakeTimeLibrary } from './programs/device-clock.ts';

export const labCommands = [
  ...['ip', 'nft', 'nsenter', 'unshare', 'setpriv', 'perl', 'mount', 'git', 'ssh', 'ssh-keygen', 'sshd'],
  ...['dockerd', 'iptables', 'docker-registry', 'busybox'],
];

function has(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws TowlineError LAB_MACHINE with all that is missing, in one line */
export function assertMachine({ identity }: LabPlan): void {
  if (process.platform !== 'linux') throw new TowlineError('LAB_MACHINE', 'a lab needs Linux');
  if (process.getuid?.() !== 0)
    throw new TowlineError('LAB_MACHINE', 'a lab is made of namespaces, mounts and engines: run it as root');
  const missing = missingPackages(labCommands);
  if (fakeTimeLibrary() === undefined) missing.push('libfaketime');
  if (missing.length > 0) {
    const message = `packages are missing: ${missing.join(', ')} (Debian, Ubuntu: apt-get install ${missing.join(' ')})`;
    throw new TowlineError('LAB_MACHINE', message);
  }
  if (!has('/dev/net/tun'))
    throw new TowlineError(
      'LAB_MACHINE',
      'the kernel has no /dev/net/tun: `modprobe tun`, or another kernel',
    );
  if (identity !== undefined) assertProvider();
}
