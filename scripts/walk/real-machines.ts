/** The guides of gateway and device, on machines of their own under systemd: from an archive to a device that runs an app. */
import path from 'node:path';
import type { BootedRoot } from '../../lab/root/booted-root.ts';
import { fingerprintOn, knowsHost } from './first-fleet.ts';
import { Page } from './page.ts';
import type { Seat } from './seat.ts';
import { registryAddress, type Stage } from './stage.ts';

const gatewayGuide = new Page('docs/guides/gateway.md');
const deviceGuide = new Page('docs/guides/device.md');
const operatorGuide = new Page('docs/guides/operator.md');

export const fleetFolder = '/root/pumps';
export const telemetryUrl = 'ssh://git@gateway.example.com:2222/telemetry.git';
const pages = {
  build: gatewayGuide.block('Install', 'archive.sh --gateway'),
  archive: deviceGuide.line('sh deploy/archive.sh'),
  command: operatorGuide.block('Install', 'npm install'),
  fleet: operatorGuide.block('A new fleet', 'towline init'),
  gateway: gatewayGuide.block('Install', 'install.sh'),
  setUp: gatewayGuide.block('Set it up', 'gateway init --repo'),
  trust: gatewayGuide.block('Set it up', 'gateway accept'),
  push: gatewayGuide.block('Set it up', 'git push'),
  device: deviceGuide.block('Put it onto a device', 'install.sh'),
  add: deviceGuide.line('towline device add pump-17 --folder berlin --group stable'),
  enroll: deviceGuide.block('Enrol it', 'agent enroll'),
  accept: deviceGuide.line(`towline device accept pump-17 --telemetry ${telemetryUrl}`),
  start: deviceGuide.line('systemctl start towline-agent'),
};

/** SHA-256 of an archive, as archive.sh prints it. */
const printedHash = (screen: string) => /\b[0-9a-f]{64}\b/.exec(screen)?.[0] ?? '';

export interface Archives {
  readonly gateway: string;
  readonly device: string;
}

/** On the machine that builds. @returns what the archives must have */
export async function build(builder: Seat): Promise<Archives> {
  const block = pages.build;
  const [install = '', ...rest] = block.text.split(' && ');
  // `npm ci` has been typed there before.
  if (install !== 'npm ci') throw new Error(`${block.page}:${block.line} does not begin with npm ci`);
  const gateway = printedHash(await builder.does({ ...block, text: rest.join(' && ') }));
  const device = printedHash(await builder.does(pages.archive));
  return { gateway, device };
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
  { alice, desk, anchor, hash }: { alice: Seat; desk: BootedRoot; anchor: string; hash: string },
): Promise<Seat> {
  const admin = await stage.seat('root', server);
  stage.carry(path.join(stage.clone, 'dist/towline-gateway.tar.gz'), server.path('/root/'));
  stage.carry(path.join(stage.clone, 'deploy/install.sh'), server.path('/root/'));
  await admin.does(pages.gateway, { words: { HEX: hash } });
  stage.carry(desk.path(fleetFolder), server.path('/root/fleet'));
  const screen = await admin.does(pages.setUp, { words: { COMMIT: anchor } });
  await admin.until('journalctl --unit towline-gateway --no-pager', /gateway is up/);
  await alice.does(pages.trust, { answers: [[/[Ff]ingerprint/, fingerprintOn(screen)]] });
  await alice.does(pages.push, { answers: [knowsHost] });
  return admin;
}

/** A device that is installed, enrolled and accepted. */
export async function newDevice(
  stage: Stage,
  machine: BootedRoot,
  { alice, hash }: { alice: Seat; hash: string },
): Promise<Seat> {
  const installer = await stage.seat('root', machine);
  stage.carry(path.join(stage.clone, 'dist/towline-device.tar.gz'), machine.path('/root/'));
  stage.carry(path.join(stage.clone, 'deploy/install.sh'), machine.path('/root/'));
  await installer.does(pages.device, { words: { HEX: hash } });
  const added = await alice.does(pages.add);
  await alice.does('git add --all && git commit --quiet --message "Token for pump-17" && git push');
  const [, token = ''] = /agent enroll (\S+)/.exec(added) ?? [];
  await installer.does(`(umask 077; printf '%s\\n' ${token} > /root/token)`);
  const enrolled = installer.does(pages.enroll);
  // What it shows is read out by telephone.
  const fingerprint = await shown(installer, /fingerprint {2}(\S+.*\S)/);
  await alice.does(pages.accept, {
    answers: [[/Fingerprint that/, fingerprint]],
  });
  await alice.does('git commit --quiet --all --message "Accept pump-17" && git push');
  const screen = await enrolled;
  if (!screen.includes('Accepted')) throw new Error(`enroll does not end with Accepted:\n${screen}`);
  await installer.does(pages.start);
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
