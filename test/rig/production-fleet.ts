/** A fleet of production with all that a mirror must not carry along, each of it under a word that can be looked for. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import type { LabDevice, LabDeviceKeys, LabIdentity } from '../../lab/mirror/lab-identity.ts';
import type { RandomBytes } from '../../lab/mirror/stand-in-secret.ts';
import { type Files, type FleetRepository, makeFleetRepository } from '../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../lab/rig/keys.ts';
import { sealSecret } from './secrets.ts';

export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
export const random: RandomBytes = bytes => randomBytes(bytes);

/** Keys as a device makes them. */
export async function deviceKeys(id: string): Promise<LabDeviceKeys> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tl-keys-'));
  const made = makeDeviceKeys(id);
  const openpgp = await ensureOpenpgpKey(folder, id);
  await rm(folder, { recursive: true });
  return { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp };
}

/** What stands in production's files and must stand nowhere in the lab's. */
export const productionWords = [
  ...['gateway.production.example', 'nas.production.example', 'production-store', 'production-help'],
  ...['bob-of-production', 'production-only-ci', 'production-publisher', 'A comment of production'],
  ...[
    'secret-in-clear',
    'production-login',
    'backup-of-production',
    'sealed-comment',
    'TowlineProductionTag',
  ],
];

const apiVersion = 'towline/v1';

/** `${NAME}` of Compose. */
export const variable = (name: string) => ['$', '{', name, '}'].join('');

function compose(version: string): string {
  const environment = { PLACE: variable('PLACE:-'), NAME: variable('NAME:-') };
  const web = { image: 'registry.acme.example/web:1', environment, secrets: ['token'] };
  return stringify({
    services: { web: { ...web, labels: { version } } },
    secrets: { token: { environment: 'TOKEN' } },
  });
}

function release(version: string, letter: string): Files {
  const signed = { by: 'production-publisher', payload: 'AAAA', signature: 'AAAA' };
  return {
    [`apps/web/releases/${version}/compose.yaml`]: compose(version),
    [`apps/web/releases/${version}/app.yaml`]: stringify({ apiVersion, secrets: ['secrets/web.env'] }),
    [`apps/web/releases/${version}/release.yaml`]: stringify({
      ...{ apiVersion, version, notes: 'production-help', requires: { platforms: ['linux/arm64'] } },
      images: { web: { image: 'registry.acme.example/web:1', digest: digest(letter), signed } },
    }),
  };
}

const fleetFile = (key: SshKey) => `# A comment of production
${stringify({
  ...{ apiVersion, name: 'acme', poll: { schedule: '0 3 * * *' }, freshness: { maxAge: '1d' } },
  gateways: [{ address: 'gateway.production.example:8443', tlsPins: [`sha256:${'A'.repeat(43)}=`] }],
  support: { name: 'production-help', phone: '+49 30 1234567' },
  audit: { keys: [key.publicKey] },
  registryCredentials: 'secrets/registries.yaml',
  backupStores: {
    'production-store': {
      sftp: {
        address: 'nas.production.example:22',
        user: 'towline',
        path: '/b/{device}',
        hostKeys: [key.publicKey],
      },
      secret: 'secrets/backups/{device}.yaml',
    },
  },
  windows: [{ start: '0 3 * * *', duration: '1h', timeZone: 'Europe/Berlin' }],
  access: { share: true },
  apps: { web: { release: '1.0.0' }, tools: {} },
})}`;

export class ProductionFleet {
  readonly repository: FleetRepository;
  readonly signer: SshKey;
  /** Sealed bytes that stand in production's files. */
  readonly sealed: readonly string[];

  private constructor(repository: FleetRepository, signer: SshKey, sealed: readonly string[]) {
    this.repository = repository;
    this.signer = signer;
    this.sealed = sealed;
  }

  /** Devices a-1, a-2, a-3 alike; b-1 with a variable of its own; c-1 with a secret of its own. */
  static async make(more: Files = {}): Promise<ProductionFleet> {
    const signer = await makeSshKey();
    const ids = ['a-1', 'a-2', 'a-3', 'b-1', 'c-1'];
    const keys = new Map<string, LabDeviceKeys>();
    for (const id of ids) keys.set(id, await deviceKeys(id));
    const publicKeys = [...keys.values()].flatMap(({ openpgp }) => openpgp ?? []);
    const own = [keys.get('c-1')?.openpgp ?? ''];
    const seal = async (file: string, plain: string, to = publicKeys) => [
      file,
      await sealSecret(file, plain, to),
    ];
    const secrets = await Promise.all([
      seal('secrets/web.env', '#sealed-comment\nTOKEN=hunter2hunter2\nPORT_unencrypted=secret-in-clear\n'),
      seal('secrets/web/c-1.env', 'TOKEN=own-of-c-1\n', own),
      seal('secrets/registries.yaml', 'registry.acme.example: {username: production-login, password: p}\n'),
      ...ids.map(id =>
        seal(`secrets/backups/${id}.yaml`, 'password: backup-of-production\n', [keys.get(id)?.openpgp ?? '']),
      ),
    ]);
    const device = (id: string, value: object = {}) => [
      `devices/site/${id}.yaml`,
      stringify({ apiVersion, groups: ['all'], labels: { serial: id }, keys: keys.get(id), ...value }),
    ];
    const files: Files = {
      ...Object.fromEntries(secrets),
      'fleet.yaml': fleetFile(signer),
      '.github/workflows/ci.yaml': 'on: push # production-only-ci\n',
      'README.md': 'production-only-ci\n',
      'groups/all.yaml': stringify({
        apiVersion,
        description: 'production-help',
        variables: { PLACE: 'hall' },
      }),
      'operators/bob.yaml': stringify({
        apiVersion,
        description: 'bob-of-production',
        sshKeys: [signer.publicKey],
      }),
      'trust/images.yaml': stringify({ apiVersion, default: 'allow', rules: [] }),
      'apps/web/compose.yaml': compose('next'),
      'apps/web/app.yaml': stringify({
        ...{ apiVersion, secrets: ['secrets/web.env'], description: 'production-help' },
      }),
      'apps/web/run.sh': { mode: '100755', content: '#!/bin/sh\n' },
      ...release('1.0.0', '1'),
      ...release('1.1.0', '2'),
      'apps/tools/compose.yaml': stringify({
        services: { tool: { image: `docker.io/library/tool@${digest('3')}` } },
      }),
      'rollouts/web/first.yaml': stringify({
        ...{ apiVersion, app: 'web', from: ['1.0.0'], to: '1.1.0', stage: 0, reason: 'production-help' },
        stages: [
          { name: 'one', select: { devices: ['a-2'] } },
          { name: 'rest', percent: 100 },
        ],
      }),
      ...Object.fromEntries([
        device('a-1', { variables: { NAME: 'a-1.local' } }),
        device('a-2', { variables: { NAME: 'a-2.local' } }),
        device('a-3', { variables: { NAME: 'a-3.local' }, description: 'production-help' }),
        device('b-1', { variables: { PLACE: 'yard' } }),
        device('c-1', { apps: { web: { secrets: ['secrets/web/c-1.env'] } } }),
      ]),
      ...more,
    };
    const { repository } = await makeFleetRepository({ signer, files });
    const texts = Object.values(Object.fromEntries(secrets)).join('\n');
    const sealed = texts.match(/data:[A-Za-z0-9+/=]{8,}|iv:[A-Za-z0-9+/=]{8,}/g) ?? [];
    return new ProductionFleet(repository, signer, sealed);
  }

  async remove(): Promise<void> {
    await this.repository.remove();
    await this.signer.remove();
  }
}

/** A lab that was made for these devices. */
export async function labIdentity(devices: readonly string[], root: SshKey): Promise<LabIdentity> {
  const made = new Map<string, LabDevice>();
  for (const id of devices) made.set(id, { keys: await deviceKeys(id) });
  return {
    ...{ fleet: 'acme-lab', rootKey: root.publicKey, operator: { name: 'lab', sshKey: root.publicKey } },
    gateways: [{ address: '10.99.0.1:8443', tlsPins: [`sha256:${'B'.repeat(43)}=`] }],
    ...{ registry: 'registry.lab.test', devices: made, date: new Date(), random },
  };
}
