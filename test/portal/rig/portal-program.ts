/** `towline portal` as a process: the address that it shows, and a page that has logged in by it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { PortalClient } from './portal-client.ts';

export interface PortalStart {
  /** A clone. */
  readonly directory: string;
  /** Besides this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
}

export class PortalProgram {
  readonly said: string[] = [];
  readonly complaints: string[] = [];
  #child: ChildProcess | undefined;

  /** @returns the address that it shows */
  async start({ directory, environment = {}, args = ['--no-browser'] }: PortalStart): Promise<URL> {
    const child = spawn(join(commandFolder, 'towline'), ['portal', '--repo', directory, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', line => this.said.push(line));
    createInterface({ input: child.stderr }).on('line', line => this.complaints.push(line));
    await eventually(() => this.said.length > 0 || child.exitCode !== null);
    if (this.said.length === 0) throw new Error(this.complaints.join('\n'));
    return new URL((JSON.parse(this.said[0] ?? '') as { address: string }).address);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** @returns its exit code */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }
}

export const wordOf = (address: URL): string => new URLSearchParams(address.hash.slice(1)).get('token') ?? '';

export const clientOf = ({ origin, port }: URL): PortalClient =>
  new PortalClient({ origin, port: Number(port) });

export async function loggedInAt(address: URL): Promise<PortalClient> {
  const client = clientOf(address);
  const { json, text } = await client.post('/login/token', { token: wordOf(address) });
  if (typeof json.session !== 'string') throw new Error(text);
  client.bearer = json.session;
  return client;
}
