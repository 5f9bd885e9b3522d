/** The guides of gateway and device, on machines of their own under systemd: from packages to a device that runs an app. */
import path from 'node:path';
import type { BootedRoot } from '../../lab/root/booted-root.ts';
import { fingerprintOn, knowsHost } from './first-fleet.ts';
import { Page } from './page.ts';
import type { Seat } from './seat.ts';
import { registryAddress, type Stage } from './stage.ts';

const gatewayGuide = new Page('docs/guides/gateway.md');
const deviceGuide = new Page('docs/guides/device.md');
const operatorGuide = new Page('docs/guides/operator.md');
const installGuide = new Page('docs/guides/install.md');

export const fleetFolder = '/root/pumps';
export const telemetryUrl = 'ssh://git@gateway.example.com:2222/telemetry.git';
const pages = {
  build: gatewayGuide.block('Install', 'npm run package'),
  command: operatorGuide.block('Install', 'npm install'),
  fleet: operatorGuide.block('A new fleet', 'towline init'),
  gateway: gatewayGuide.block('Install', 'install.sh'),
  setUp: gatewayGuide.block('Set it up', 'gateway init --repo'),
  trust: gatewayGuide.block('Set it up', 'gateway accept'),
  push: gatewayGuide.block('Set it up', 'git push'),
  agent: installGuide.block('What has to be there', 'agents add'),
  device: deviceGuide.block('Put it onto a device', '--install-line'),
  accept: deviceGuide.line(`towline device accept pump-17 --telemetry ${telemetryUrl}`),
};

/** On the machine that builds: what is installed, and the command for the desk. */
export async function build(builder: Seat): Promise<void> {
  const block = pages.build;
  const [install = '', ...rest] = block.text.split(' && ');
  // `npm ci` has been typed there before.
  if (install !== 'npm ci') throw new Error(`${block.page}:${block.line} does not begin with npm ci`);
  await builder.does('npm run bundle');
  await builder.does({ ...block, text: rest.join(' && ') });
}

/** The command from its package, and a fleet. @returns the anchor */
export async function newFleet(alice: Seat, desk: BootedRoot, stage: Stage): Promise<string> {
  const tarball = 'dist/towline-0.1.0.tgz';
  stage.carry(path.join(stage.clone, tarball), desk.path('/root/'));
  await alice.does('cd /root && export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  await alice.does(pages.command);
  // On a terminal it asks for what was left out.
  const made = await alice.does(pages.fleet, {
    words: { 'gateway.example.com:8443': `gateway.example.com:8443 --registry ${registryAddress}` },
    answers: [
      [/name in policy|[Yy]our name/, 'alice'],
      [/[Rr]egistry/, ''],
    ],
  });
  await alice.does(`cd ${fleetFolder}`);
  return /anchor of its devices: ([0-9a-f]{40})/.exec(made)?.[1] ?? '';
}

/** The gateway on its server, its pins in the fleet, and the first push to it. */
export async function newGateway(
  stage: Stage,
  server: BootedRoot,
  { alice, desk, anchor }: { alice: Seat; desk: BootedRoot; anchor: string },
): Promise<Seat> {
  const admin = await stage.seat('root', server);
  stage.carry(path.join(stage.clone, 'dist/packages'), server.path('/root/'));
  await admin.does(pages.gateway);
  stage.carry(desk.path(fleetFolder), server.path('/root/fleet'));
  const screen = await admin.does(pages.setUp, { words: { COMMIT: anchor } });
  await admin.until('journalctl --unit towline-gateway --no-pager', /gateway is up/);
  await alice.does(pages.trust, { answers: [[/[Ff]ingerprint/, fingerprintOn(screen)]] });
  await alice.does(pages.push, { answers: [knowsHost] });
  stage.carry(path.join(stage.clone, 'dist/packages'), desk.path('/root/'));
  await alice.does(pages.agent, { words: { '../towline-0.2.0': '/root/packages' } });
  await alice.does('git pull --quiet --rebase');
  return admin;
}

/** A device that is installed by one line, enrolled and accepted. */
export async function newDevice(stage: Stage, machine: BootedRoot, alice: Seat): Promise<Seat> {
  const installer = await stage.seat('root', machine);
  const added = await alice.does(pages.device);
  await alice.does('git pull --quiet --rebase');
  const [line = ''] = /sh -c '.*'/.exec(added) ?? [];
  const [token = ''] = /towline1_\S+/.exec(added) ?? [];
  const installed = installer.does(line, { answers: [[/^Token/m, token]] });
  // What it shows is read out by telephone.
  const fingerprint = await shown(installer, /fingerprint {2}(\S+.*\S)/);
  await alice.does(pages.accept, {
    answers: [[/Fingerprint that/, fingerprint]],
  });
  await alice.does('git commit --quiet --all --message "Accept pump-17" && git push');
  const screen = await installed;
  if (!screen.includes('towline-agent runs'))
    throw new Error(`the line does not end with a start:\n${screen}`);
  return installer;
}

async function shown(seat: Seat, what: RegExp): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const [, found] = what.exec(seat.shell.screen) ?? [];
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`${seat.who} does not show ${what.source}:\n${seat.shell.screen}`);
}
