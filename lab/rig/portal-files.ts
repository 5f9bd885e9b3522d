/** Files of a fleet in memory that the portal is tried with. */
import { generateKeyPairSync } from 'node:crypto';
import { stringify } from 'yaml';
import { MemoryKey } from './memory-repository.ts';

export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

/** Of the app `web`: one service. */
export const releaseOf = (version: string, more: object = {}): Record<string, string> => ({
  [`apps/web/releases/${version}/compose.yaml`]: stringify({
    services: { web: { image: 'registry.example.com/web:latest', environment: { VERSION: version } } },
  }),
  [`apps/web/releases/${version}/app.yaml`]: stringify({ apiVersion: 'towline/v1' }),
  [`apps/web/releases/${version}/release.yaml`]: stringify({
    ...{ apiVersion: 'towline/v1', version, ...more },
    images: {
      web: {
        image: 'registry.example.com/web:latest',
        digest: digestOf(version.replace(/\D/g, '')[1] ?? 'a'),
      },
    },
  }),
});

export const fleetText = stringify({
  ...{ apiVersion: 'towline/v1', name: 'acme', support: { name: 'ACME help desk', phone: '+49 30 1234567' } },
  gateways: [{ address: 'gateway.example.com:8443', tlsPins: [`sha256:${'A'.repeat(43)}=`] }],
  apps: { web: { release: '1.0.0' } },
});

export const deviceOf = (at: number, key: MemoryKey): string =>
  [
    'apiVersion: towline/v1',
    `groups: [${at % 10 === 0 ? 'canary' : 'rest'}]`,
    `labels: { site: site-${at % 50} }`,
    `keys: { ssh: ${key.publicKey}, tls: ${tlsKey()} }`,
    '',
  ].join('\n');

export const policyOf = (key: MemoryKey): string =>
  [
    ...[
      'apiVersion: towline/v1',
      'fleet: acme',
      'version: 1',
      'principals:',
      `  alice: { ssh: ["${key.publicKey}"] }`,
    ],
    ...['roles:', '  root: { principals: [alice] }', ''],
  ].join('\n');

/** operators/NAME.yaml: an operator with a key that nobody has. */
export const operatorText = (fields: object): string =>
  stringify({ apiVersion: 'towline/v1', sshKeys: [new MemoryKey().publicKey], ...fields });

/** SubjectPublicKeyInfo of a key that nobody has. */
const tlsKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64');
