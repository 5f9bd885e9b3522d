/** The agent as it runs on a device, or the gateway: what its unit says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface AsShipped {
  /** Options of Node itself. */
  readonly nodeOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Options and environment of a unit, the agent's unless said otherwise: the only place where they stand. */
export function asShipped(
  unit = path.join(import.meta.dirname, '..', 'deploy', 'systemd', 'towline-agent.service'),
): AsShipped {
  const lines = readFileSync(unit, 'utf8').split('\n');
  const words = (key: string): string[] =>
    lines.filter(line => line.startsWith(`${key}=`)).flatMap(line => line.slice(key.length + 1).split(' '));
  const [program = ''] = words('ExecStart');
  const start = program.endsWith('/launch') ? launched() : words('ExecStart');
  const nodeOptions = start.slice(
    1,
    start.findIndex(word => word.endsWith('.js')),
  );
  const environment = Object.fromEntries(words('Environment').map(word => word.split(/=(.*)/s, 2)));
  return { nodeOptions, environment };
}

/** What the launcher becomes, in its words. */
function launched(): string[] {
  const launch = readFileSync(path.join(import.meta.dirname, '..', 'deploy', 'launch'), 'utf8');
  const words = /exec ("\$node" .*agent\.js)"/.exec(launch)?.[1];
  if (words === undefined) throw new Error('deploy/launch does not start the agent');
  return words.split(' ');
}

/** Resident set of a process, MiB (proc(5), VmRSS). */
export function residentMiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
