/** The fleet of the story: `towline init`, `towline gateway init`, `towline device add`, the first signed release. */
import path from 'node:path';
import type { Gateway } from '../../schemas/types.generated.ts';
import { type FleetRig, fleetName } from './fleet-rig.ts';
import { writeSshConfig } from './ssh-client.ts';

/** Runs a command of the person in the open and insists that it succeeds. */
async function must(
  rig: FleetRig,
  command: string,
  args: readonly string[],
  directory?: string,
): Promise<void> {
  const result = await rig.operator.shell(command, args, directory === undefined ? {} : { directory });
  if (result.code !== 0) throw new Error(`${result.command}: exit ${result.code}`);
}

/** The repository, with two groups and an app of two services, its first commit signed. */
export async function initialise(rig: FleetRig): Promise<void> {
  const { operator, gateway, registry, workspace } = rig;
  const options = {
    name: fleetName,
    person: operator.name,
    'gpg-key': operator.gpg.fingerprint,
    'operator-key': path.relative(workspace.folder, `${operator.sshKey}.pub`),
    gateway: gateway.address,
    registry: registry.address,
  };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
  await must(rig, 'towline', ['init', path.basename(operator.directory), ...args], workspace.folder);
}

/** The gateway, seeded from the person's repository, and its keys pinned in the fleet. */
export async function addGateway(rig: FleetRig, dial?: string): Promise<void> {
  const { operator, gateway } = rig;
  const init = gateway.initArguments(dial ?? gateway.address, operator.directory);
  await must(rig, 'towline', init);
  // Once more, for a program to read: what is there stays.
  const { stdout } = await operator.quietly('towline', [...init, '--json']);
  const entry = (JSON.parse(stdout) as { gateway: Gateway }).gateway;
  operator.edit(
    'fleet.yaml',
    [['gateways'], [entry]],
    // Devices of the demo look often, so that nobody has to wait.
    [['poll', 'schedule'], '*/2 * * * * *'],
    [['poll', 'jitter'], '0s'],
  );
  operator.edit(
    'apps/hello/app.yaml',
    [['update', 'healthTimeout'], '20s'],
    [['update', 'stablePeriod'], '1s'],
  );
  const devices = rig.devices.map(({ id, sshd }) => ({ name: `${id}.host`, ...sshd }));
  writeSshConfig(
    path.dirname(operator.sshConfig),
    { port: gateway.ports.people, identity: operator.sshKey, hostKey: entry.sshHostKeys?.[0] ?? '' },
    devices,
  );
  await operator.git('remote', 'add', 'gateway', 'ssh://gateway/fleet.git');
}

/** Keys and a file for each device; what is particular to this machine goes into the device's own variables. */
export async function addDevices(rig: FleetRig): Promise<void> {
  for (const device of rig.devices) {
    const { id, state, httpPort, sshd } = device;
    const out = path.relative(rig.operator.directory, state);
    await must(rig, 'towline', ['device', 'add', id, '--out', out, '--group', 'canary']);
    device.configure();
    rig.operator.edit(
      `devices/${id}.yaml`,
      [['variables', 'HTTP_PORT'], httpPort],
      [['hostKeys'], [sshd.hostKey]],
    );
  }
}
