/** Operators who open git sessions at a real gateway and say nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type GatewayProgram, sshFlags, type TestFleet } from '../rig/program.ts';

/** Adds an operator by a commit of the fleet's own. @param may `git.fleet` of their file */
export async function addOperator(fleet: TestFleet, name: string, may: 'read' | 'write'): Promise<SshKey> {
  const key = await makeSshKey();
  const file = [
    'apiVersion: towline/v1',
    `sshKeys: ["${key.publicKey}"]`,
    `git: { fleet: ${may}, telemetry: read }`,
    '',
  ].join('\n');
  await fleet.repository.commit({ signer: fleet.operator, files: { [`operators/${name}.yaml`]: file } });
  return key;
}

function sshArguments(gateway: GatewayProgram, key: SshKey): string[] {
  return [...sshFlags(key), '-o', 'BatchMode=yes', '-p', String(gateway.people), 'git@127.0.0.1'];
}

export class SilentSessions implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];

  /** Opens so many, and comes back when each of them has heard from git, or waits for its place. */
  async open(
    count: number,
    gateway: GatewayProgram,
    key: SshKey,
    command: string,
    words = '',
  ): Promise<void> {
    const opened = Array.from({ length: count }, () => {
      const child = spawn('ssh', [...sshArguments(gateway, key), command], { stdio: 'pipe' });
      this.#children.push(child);
      child.stdin.on('error', () => undefined);
      if (words !== '') child.stdin.write(words);
      // Nobody waits longer than this for one that stands in line.
      return new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 4000);
        for (const event of ['readable', 'end']) {
          child.stdout.once(event, () => {
            clearTimeout(timer);
            resolve();
          });
        }
      });
    });
    await Promise.all(opened);
  }

  /** Those that nobody has ended. */
  get living(): number {
    return this.#children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
