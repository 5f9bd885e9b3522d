/** The fleet of the story: `towline init`, `towline gateway init`, `towline device add`, the first signed release. */
import path from 'node:path';
import { type FleetRig, fleetName } from './fleet-rig.ts';
import { firstRelease } from './releases.ts';
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
    'operator-key': `${operator.sshKey}.pub`,
    gateway: gateway.address,
    registry: registry.address,
  };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
  await must(rig, 'towline', ['init', path.basename(operator.directory), ...args], workspace.folder);
}

/** The gateway, seeded from the person's repository, and its keys pinned in the fleet. */
export async function addGateway(rig: FleetRig, dial?: string): Promise<void> {
  const { operator, gateway } = rig;
  const anchor = await operator.git('rev-parse', 'HEAD');
  const { pin, hostKey } = await gateway.initialise(operator.directory, fleetName, anchor);
  operator.edit(
    'fleet.yaml',
    [['gateways', 0, 'address'], dial ?? gateway.address],
    [['gateways', 0, 'tlsPins'], [pin]],
    [['gateways', 0, 'sshHostKeys'], [hostKey]],
    // Devices of the demo look often, so that nobody has to wait.
    [['poll', 'schedule'], '*/2 * * * * *'],
    [['poll', 'jitter'], '0s'],
  );
  operator.edit(
    'apps/hello/app.yaml',
    [['update', 'healthTimeout'], '20s'],
    [['update', 'stablePeriod'], '1s'],
  );
  const devices = rig.devices.map(({ id, sshd }) => ({ name: id, ...sshd }));
  writeSshConfig(
    path.dirname(operator.sshConfig),
    { port: gateway.ports.people, identity: operator.sshKey, hostKey },
    devices,
  );
  await operator.git('remote', 'add', 'gateway', 'ssh://gateway/fleet.git');
}

/** Keys and a file for each device; what is particular to this machine goes into the device's own variables. */
export async function addDevices(rig: FleetRig): Promise<void> {
  for (const device of rig.devices) {
    const { id, state, httpPort, sshd } = device;
    await must(rig, 'towline', [
      'device',
      'add',
      id,
      '--out',
      state,
      '--state-directory',
      state,
      '--group',
      'canary',
    ]);
    device.configure();
    rig.operator.edit(
      `devices/${id}.yaml`,
      [['variables', 'HTTP_PORT'], httpPort],
      [['hostKeys'], [sshd.hostKey]],
    );
  }
}

/** The release's images, resolved to digests at the registry, and assigned to the group of the devices. */
export async function release(rig: FleetRig, version: string): Promise<void> {
  const force = version === firstRelease ? ['--force'] : [];
  await must(rig, 'towline', ['release', 'hello', version, '--assign', 'groups/canary.yaml', ...force]);
}

/** Commits everything, signed, and pushes it to the gateway. @returns the commit. */
export async function publish(rig: FleetRig, message: string): Promise<string> {
  const commit = await rig.operator.commit(message);
  const pushed = await rig.operator.push();
  if (pushed.code !== 0) throw new Error(`git push: exit ${pushed.code}\n${pushed.stderr}`);
  return commit;
}
