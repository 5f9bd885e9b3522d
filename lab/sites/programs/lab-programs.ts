/** The programs of a lab, as its keeper starts them: registry, proxies, engines, gateways, agents, sshd. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { selfSignedCertificate } from '../../../core/io/https/self-signed-certificate.ts';
import { findCommand } from '../../machine/packages.ts';
import { programWords } from '../../machine/programs.ts';
import type { PartOrder } from '../keeper/keeper-order.ts';
import { keeperEnvironment } from '../lab-boot.ts';
import { inside, type LabPlaces } from '../lab-places.ts';
import { type DevicePlan, type LabPlan, lan, ports, type SitePlan } from '../lab-plan.ts';
import { clockEnvironment } from './device-clock.ts';
import { type SeededImage, seedImages } from './seeded-images.ts';

/** As the unit of the agent that ships has them (deploy/systemd). */
const agentMemory = {
  ...{ MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_TRIM_THRESHOLD_: '65536' },
  UV_THREADPOOL_SIZE: '2',
};

const command = (name: string): string => findCommand(name) ?? name;
export const proxyOf = ({ proxy }: SitePlan): string | undefined =>
  proxy ? `http://${lan.router}:${lan.proxyPort}` : undefined;
export const engineOf = (site: SitePlan, { id }: DevicePlan): string =>
  site.engine === 'own' ? id : `${site.name}-engine`;

/** A registry with a certificate of its own, which all of the lab believe. */
export function registryPart(places: LabPlaces, plan: LabPlan, images: readonly SeededImage[]): PartOrder {
  const folder = places.registry;
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { host } = plan.registry;
  const [key, settings] = [places.registryKey, path.join(folder, 'config.yml')];
  const names = plan.identity === undefined ? [host] : [host, plan.identity.host];
  const data = path.join(folder, 'images');
  mkdirSync(data, { recursive: true });
  writeFileSync(key, privateKey, { mode: 0o600 });
  writeFileSync(places.authority, selfSignedCertificate(privateKey, host, names));
  writeFileSync(
    settings,
    `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(data)} }
  delete: { enabled: true }
http:
  addr: ":${ports.registry}"
  tls: { certificate: ${JSON.stringify(places.authority)}, key: ${JSON.stringify(key)} }
`,
  );
  seedImages(data, images);
  return {
    ...{ name: 'registry', network: places.network('registry'), log: places.log('registry') },
    command: [command('docker-registry'), 'serve', settings],
    // The registry reads its settings from REGISTRY_* variables too.
    environment: { PATH: keeperEnvironment().PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
  };
}

export const proxyPart = (places: LabPlaces, { name }: SitePlan): PartOrder => ({
  ...{ name: `${name}-proxy`, network: places.network(name), log: places.log(`${name}-proxy`) },
  command: programWords('towline', ['lab', 'part', 'proxy', lan.router, String(lan.proxyPort)]),
  environment: keeperEnvironment(),
});

/** A Docker Engine in the network `name`. Its containers are processes below it: where it is killed, the power is gone for all. */
export function enginePart(places: LabPlaces, name: string, site: SitePlan): PartOrder {
  const folder = inside.engineFolder(name);
  const settings = path.join(places.engine(name), 'daemon.json');
  const proxy = proxyOf(site);
  mkdirSync(places.engine(name), { recursive: true });
  writeFileSync(settings, '{}\n');
  const daemon = [
    ...[command('dockerd'), `--host=unix://${inside.engineSocket(name)}`, `--exec-root=${folder}/exec`],
    ...[`--data-root=${path.join(places.engine(name), 'data')}`, `--pidfile=${folder}/pid`],
    ...[`--config-file=${settings}`, '--exec-opt=native.cgroupdriver=cgroupfs', '--log-level=warn'],
    `--cgroup-parent=/towline-lab-${places.name}/${name}`,
  ];
  const began = `rm -rf ${folder}; mkdir -p ${folder}
exec unshare --pid --fork --kill-child --mount-proc -- "$@"`;
  return {
    ...{ name: `${name}-dockerd`, network: places.network(name), log: places.log(`${name}-dockerd`) },
    command: ['sh', '-ec', began, 'engine', ...daemon],
    environment: {
      ...keeperEnvironment(),
      SSL_CERT_FILE: places.authority,
      ...(proxy === undefined ? {} : { HTTPS_PROXY: proxy, NO_PROXY: 'localhost,127.0.0.1' }),
    },
  };
}

export const gatewayPart = (places: LabPlaces, name: string): PartOrder => ({
  ...{ name, network: places.network(name), log: places.log(name) },
  command: programWords('gateway', ['--config', path.join(places.gateway(name), 'gateway.yaml')]),
  environment: { ...keeperEnvironment(), NODE_EXTRA_CA_CERTS: places.authority },
});

/** As the unit starts it: by the launcher, which knows the slot that counts and goes back from one that fails. */
export function agentPart(places: LabPlaces, { id }: DevicePlan): PartOrder {
  const config = path.join(places.deviceState(id), 'agent.yaml');
  const launch = (verb: string) => ['sh', path.join(places.package, 'launch'), verb, '--config', config];
  return {
    ...{ name: id, network: places.network(id), log: places.log(id) },
    command: launch('agent'),
    afterwards: launch('stopped'),
    environment: { ...keeperEnvironment(), ...agentMemory, ...clockEnvironment(places.deviceClock(id)) },
  };
}

/** The device's own sshd, to which a tunnel may lead: the person's key lets in. */
export function sshdPart(places: LabPlaces, { id }: DevicePlan, authorizedKeys: string): PartOrder {
  const folder = places.device(id);
  const config = path.join(folder, 'sshd_config');
  const lines = [
    ...['ListenAddress 0.0.0.0:22', `HostKey ${path.join(folder, 'host_key')}`, 'PidFile none'],
    ...[`AuthorizedKeysFile ${authorizedKeys}`, 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no'],
    ...['KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password', 'UseDNS no'],
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return {
    ...{ name: `${id}-sshd`, network: places.network(id), log: places.log(`${id}-sshd`) },
    command: ['/usr/sbin/sshd', '-D', '-e', '-f', config],
    environment: keeperEnvironment(),
  };
}
