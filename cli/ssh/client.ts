/** The stock client, with a configuration of its own for one device: what else the person has set up for ssh plays no part. */
import { type ChildProcess, spawn } from 'node:child_process';
import { TowlineError } from '../../core/errors.ts';
import type { ClientFleet } from './client-files.ts';
import { ClientFolder } from './client-folder.ts';

export interface ClientRun {
  readonly fleet: Omit<ClientFleet, 'knownHosts'>;
  /** A name of the configuration. */
  readonly host: string;
  readonly user: string | undefined;
  /** Options of ssh, before the host. */
  readonly options: readonly string[];
  readonly command: readonly string[];
}

export interface Ended {
  readonly code: number | undefined;
  readonly by: NodeJS.Signals | undefined;
}

/** @param begun hears of it while it runs; what it returns is called when it has ended. @throws TowlineError CLI_SSH */
export async function runClient(run: ClientRun, begun: (child: ChildProcess) => () => void): Promise<Ended> {
  await using files = await ClientFolder.make(run.fleet);
  const user = run.user === undefined ? [] : ['-l', run.user];
  const args = ['-F', files.config, ...run.options, ...user, '--', run.host, ...run.command];
  return await ended(spawn('ssh', args, { stdio: 'inherit' }), begun);
}

function ended(child: ChildProcess, begun: (child: ChildProcess) => () => void): Promise<Ended> {
  const over = begun(child);
  return new Promise((resolve, reject) => {
    child.once('error', cause => {
      over();
      reject(new TowlineError('CLI_SSH', `ssh cannot be run: ${cause.message}`, { cause }));
    });
    child.once('exit', (code, by) => {
      over();
      resolve({ code: code ?? undefined, by: by ?? undefined });
    });
  });
}
