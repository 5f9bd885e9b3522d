/** The fleet of a new lab, made as a person makes one: `towline init`, `towline gateway init`, `towline device add`, one signed commit. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { fieldsIn, fieldsOf } from '../../core/json.ts';
import { makeKeyPair } from './desk.ts';
import { issuerOf, withLogin } from './identity.ts';
import { inTurn } from './in-turn.ts';
import type { Lab } from './lab.ts';
import { inside } from './lab-places.ts';
import { type DevicePlan, type HostPlan, ports, type SitePlan } from './lab-plan.ts';
import { engineOf, proxyOf } from './programs/lab-programs.ts';

/** What puts the fleet's repository, the state of gateways and of devices into a lab whose networks are there. */
export type FleetMaker = (lab: Lab, signal: AbortSignal) => Promise<void>;

export const addressOf = ({ host }: HostPlan): string => `${host}:${ports.devices}`;

/** State, keys and gateway.yaml of a gateway, out of the clone. @returns its entry for fleet.yaml */
export async function initGateway(lab: Lab, gateway: HostPlan, signal: AbortSignal): Promise<object> {
  const folder = lab.places.gateway(gateway.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const words = [
    ...['gateway', 'init', '--json', '--address', addressOf(gateway)],
    ...['--state-directory', path.join(folder, 'state'), '--config', path.join(folder, 'gateway.yaml')],
    ...['--listen-devices', `0.0.0.0:${ports.devices}`, '--listen-people', `0.0.0.0:${ports.people}`],
    ...['--listen-internal', `127.0.0.1:${ports.internal}`],
  ];
  const said = await lab.desk.run('towline', words, { signal });
  return fieldsOf(fieldsIn(Buffer.from(said)).gateway);
}

/** Host key of the gateway at its people's port, as its entry in fleet.yaml has it. */
export function hostKeyOf(entry: object): string {
  const { sshHostKeys } = fieldsOf(entry);
  const [first]: unknown[] = Array.isArray(sshHostKeys) ? sshHostKeys : [];
  if (typeof first === 'string') return first;
  throw new TowlineError('LAB_STEP', 'a gateway names no host key');
}

/** Puts what is particular to a device of the lab into its agent.yaml. */
export function configureDevice(lab: Lab, site: SitePlan, device: DevicePlan): void {
  const config = lab.path(path.join(lab.places.deviceState(device.id), 'agent.yaml'));
  const proxy = proxyOf(site);
  const settings = {
    ...fieldsOf(parse(readFileSync(config, 'utf8'))),
    stateDirectory: lab.places.deviceState(device.id),
    runtimeDirectory: inside.agentFolder(device.id),
    engineSocket: inside.engineSocket(engineOf(site, device)),
    ...(site.engine === 'shared' ? { projectPrefix: `${device.id.slice(0, 31)}-` } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    logLevel: 'debug',
  };
  writeFileSync(config, stringify(settings), { mode: 0o600 });
}

/** Host key of a device's sshd. @returns `ssh-ed25519 AAAA…` */
export const makeHostKey = (lab: Lab, { id }: DevicePlan): string =>
  makeKeyPair(path.join(lab.places.device(id), 'host_key'), id);

async function addDevice(lab: Lab, site: SitePlan, device: DevicePlan, signal: AbortSignal): Promise<void> {
  const { desk, places } = lab;
  const { id, httpPort } = device;
  const words = ['device', 'add', id, '--out', places.deviceState(id), '--group', 'canary'];
  await desk.run('towline', [...words, '--label', `site=${site.name}`], { signal });
  configureDevice(lab, site, device);
  const variables = site.engine === 'shared' ? [[['variables', 'HTTP_PORT'], httpPort] as const] : [];
  desk.edit(`devices/${id}.yaml`, ...variables, [['hostKeys'], [makeHostKey(lab, device)]]);
}

/** A fleet of the template: the app `hello`, whose images the registry has; every device is in the group `canary`. */
export const newFleet: FleetMaker = async (lab, signal) => {
  const { desk, plan, places } = lab;
  const [first] = plan.gateways;
  if (first === undefined) return;
  const key = `${desk.key}.pub`;
  await desk.run(
    'towline',
    [
      ...['init', places.fleet, '--name', `lab-${places.name}`, '--person', desk.name, '--ssh-key', key],
      ...['--gateway', addressOf(first), '--registry', plan.registry.host],
    ],
    { directory: places.folder, signal },
  );
  const entries: object[] = [];
  for (const gateway of plan.gateways)
    entries.push(withLogin(lab, gateway, await initGateway(lab, gateway, signal)));
  desk.edit(
    'fleet.yaml',
    [['gateways'], entries],
    [['poll', 'schedule'], plan.poll],
    [['poll', 'jitter'], '0s'],
    [['access', 'targets'], [{ name: 'ssh', port: 22 }]],
  );
  desk.edit('apps/hello/app.yaml', [['update', 'healthTimeout'], '20s'], [['update', 'stablePeriod'], '1s']);
  if (plan.identity !== undefined)
    desk.edit(`operators/${desk.name}.yaml`, [['oidc'], [{ iss: issuerOf(plan.identity), sub: desk.name }]]);
  // Those of the template stand for others.
  rmSync(path.join(places.fleet, 'devices'), { recursive: true });
  const devices = plan.sites.flatMap(site => site.devices.map(device => ({ site, device })));
  await inTurn(devices, ({ site, device }) => addDevice(lab, site, device, signal));
  const known = devices.map(({ device: { id } }) => ({ id, hostKey: publicLine(lab, id) }));
  desk.writeSshConfig(plan, entries.map(hostKeyOf), known);
  await desk.commit('The lab: gateways and devices', { signal });
  await addRemotes(lab);
};

const publicLine = (lab: Lab, id: string): string =>
  readFileSync(path.join(lab.places.device(id), 'host_key.pub'), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');

/** `git push` goes to every gateway, `towline status` asks the first. */
export async function addRemotes({ desk, plan }: Lab): Promise<void> {
  const [first, ...others] = plan.gateways.map(({ name }) => `ssh://${name}/fleet.git`);
  await desk.run('git', ['remote', 'add', 'gateway', `${first}`]);
  for (const url of others.length > 0 ? [`${first}`, ...others] : [])
    await desk.run('git', ['remote', 'set-url', '--add', '--push', 'gateway', url]);
  await desk.run('git', ['config', 'branch.main.remote', 'gateway']);
  await desk.run('git', ['config', 'branch.main.merge', 'refs/heads/main']);
  await desk.run('git', ['config', 'towline.telemetry', `ssh://${plan.gateways[0]?.name}/telemetry.git`]);
}
