/** What a narrow maintainer can do with each key of remote access: the walk of devices, for each way to be narrow. */
import { describe, test } from 'node:test';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { device, Fleet, newKeys, operator, refused, taken } from '../../rig/maintained-fleet.ts';

/** Each key of `access`, with a value that gives its writer something. */
const given: Readonly<Record<string, string>> = {
  services: '[{ app: web, service: db, user: root }]',
  targets: '[{ name: db, port: 5432 }]',
  logins: '[{ user: root }]',
  record: 'off',
  certificates: 'true',
  viaGateway: '{ operators: [erin], services: [web.db] }',
  port: '20017',
  share: 'true',
  auditors: '[x]',
};
const [us, eu, group] = ['devices/us/pump-2.yaml', 'devices/eu/pump-1.yaml', 'groups/eu.yaml'] as const;
const [usKeys, euKeys] = [newKeys(), newKeys()];
const groupText = 'apiVersion: towline/v1\naccess: { services: [], record: required }\n';
const files = {
  ...{ [us]: device(usKeys), [eu]: device(euKeys), [group]: groupText },
  'operators/otto.yaml': operator(new MemoryKey().publicKey),
};
const withAccess = (text: string, key: string) => `${text}access: { ${key}: ${given[key]} }\n`;

describe('of remote access', () => {
  test('who may write one key of `access` of a group writes that key, and no other, alone or beside it', async () => {
    const fleet = new Fleet(files);
    const own = groupText.replace('[]', given.services ?? '');
    for (const key of Object.keys(given).filter(name => name !== 'services')) {
      const more = own.replace('record: required', `${key}: ${given[key]}`);
      await refused(fleet, 'erin', { [group]: more }, group);
    }
    await refused(fleet, 'erin', { [group]: groupText.replace(', record: required', '') }, group);
    await refused(fleet, 'erin', { [group]: `apiVersion: towline/v1\n` }, group);
    await taken(fleet, 'erin', { [group]: own });
  });

  test('who may write keys and `/tunnel` of devices gives nothing of `access`, in none of their files', async () => {
    const fleet = new Fleet(files);
    for (const key of Object.keys(given))
      await refused(fleet, 'erin', { [us]: withAccess(device(usKeys, 'tunnel: open'), key) }, us);
    await taken(fleet, 'erin', { [us]: device(usKeys, 'tunnel: open') });
  });

  test('who may write whole files of devices gives everything of their own devices, and nothing by another file', async () => {
    const fleet = new Fleet(files);
    for (const key of ['services', 'record', 'viaGateway', 'port']) {
      await taken(fleet, 'bob', { [eu]: withAccess(device(euKeys), key) });
      await refused(fleet, 'bob', { [us]: withAccess(device(usKeys), key) }, us);
      await refused(fleet, 'bob', { [group]: withAccess('apiVersion: towline/v1\n', key) }, group);
    }
    const host = 'fleet.yaml';
    const keys = (name: string) =>
      `apiVersion: towline/v1\nname: f\ngateways: [{ address: "g:8443", ${name}: ["${new MemoryKey().publicKey}"] }]\n`;
    for (const signer of ['bob', 'dave', 'erin'] as const)
      for (const name of ['accessKeys', 'certificateKeys', 'sshHostKeys'])
        await refused(fleet, signer, { [host]: keys(name) }, host);
    await refused(
      fleet,
      'bob',
      { [host]: 'apiVersion: towline/v1\nname: f\ntunnels: { maxDuration: 999d }\n' },
      host,
    );
  });

  test('who may write devices makes nobody an operator, nor anybody another person at a provider', async () => {
    const fleet = new Fleet(files);
    const otto = `${files['operators/otto.yaml']}oidc: [{ iss: "https://id.example.com", sub: "bob" }]\n`;
    await refused(fleet, 'bob', { 'operators/otto.yaml': otto }, 'operators/otto.yaml');
    await refused(fleet, 'bob', { 'operators/bob.yaml': operator(new MemoryKey().publicKey) });
  });
});
