/** The rules that `towline firewall` prints, loaded at the parts of a lab for which they are: as an administrator does. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { inTurn } from './in-turn.ts';
import type { Lab } from './lab.ts';
import { ports } from './lab-plan.ts';

export interface FirewallOptions {
  /** Of which the rules are. Default: HEAD of the clone. */
  readonly commit?: string;
  readonly signal?: AbortSignal;
}

/** Nobody in a lab answers for names or for the time: names stand in a file, and the clock is this machine's. */
const nobody = ['--dns', 'none', '--ntp', 'none'];

/** Part → what is typed at the desk for its rules. */
function asked({ plan, places, devices }: Lab, commit: string): ReadonlyMap<string, readonly string[]> {
  const { registry, gateways, sites, desk } = plan;
  const from = [desk, ...sites].flatMap(({ address }) => ['--from', `${address}/32`]);
  const at = ['--repo', places.fleet, '--commit', commit];
  return new Map<string, readonly string[]>([
    [registry.name, ['registry', ...at, '--port', String(ports.registry), ...from]],
    ...gateways.map(({ name }): [string, readonly string[]] => {
      const config = path.join(places.gateway(name), 'gateway.yaml');
      const to = ['--to', `${registry.host}:${ports.registry}`];
      return [name, ['gateway', '--repo', places.fleet, '--config', config, ...to]];
    }),
    ...devices.map(({ id }): [string, readonly string[]] => {
      const config = path.join(places.deviceState(id), 'agent.yaml');
      // The engine pulls what a release to come needs, too: who has no app yet has no registry in its rules.
      return [id, ['device', id, ...at, '--agent', config, '--to', `${registry.host}:${ports.registry}`]];
    }),
  ]);
}

/** @throws TowlineError LAB_STEP with what `towline firewall` or nft said */
export async function loadFirewall(
  lab: Lab,
  { commit = 'HEAD', signal }: FirewallOptions = {},
): Promise<void> {
  const folder = path.join(lab.places.folder, 'firewall');
  mkdirSync(folder, { recursive: true });
  const stopping = signal === undefined ? {} : { signal };
  await inTurn([...asked(lab, commit)], async ([part, words]) => {
    const file = path.join(folder, `${part}.nft`);
    await lab.desk.run('towline', ['firewall', ...words, ...nobody, '--output', file], stopping);
    const { code, stderr } = await lab.exec(part, ['nft', '-f', file], stopping);
    if (code !== 0) throw new TowlineError('LAB_STEP', `${part}: nft -f ${file}: ${stderr.slice(0, 4096)}`);
  });
}

/** As if there were none: for what is to be compared. */
export async function unloadFirewall(lab: Lab): Promise<void> {
  const parts = [...lab.plan.gateways, lab.plan.registry].map(({ name }) => name);
  for (const part of [...parts, ...lab.devices.map(({ id }) => id)])
    await lab.exec(part, ['nft', 'delete', 'table', 'inet', 'towline']);
}
