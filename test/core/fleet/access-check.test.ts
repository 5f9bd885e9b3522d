import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { exampleFleet, makePublicKeys, repositoryOf, shown, type Texts } from './example-fleet.ts';

const header = 'apiVersion: towline/v1\n';
const group = (access: string): Texts => ({ 'groups/eu.yaml': `${header}access:\n${access}` });
const operator = { 'operators/alice.yaml': `${header}sshKeys: ["${makePublicKeys().ssh}"]\n` };

async function problems(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...operator, ...changes });
  return shown((await loadFleet(reader, commit)).problems);
}

const gatewayWith = (keys: string): Texts => ({
  'fleet.yaml': String(exampleFleet['fleet.yaml']).replace('    tlsPins', `    ${keys}\n    tlsPins`),
});

describe('access that says more than the fleet has', () => {
  const cases: readonly (readonly [string, Texts, RegExp])[] = [
    [
      'an operator of a service who is not there',
      group('  services: [{ app: web, service: web, operators: [alice, bob] }]\n'),
      /^groups\/eu\.yaml:3:59 FLEET_OPERATOR_UNKNOWN there is no operator "bob"/,
    ],
    [
      'an operator of an account who is not there',
      group('  logins: [{ user: root, operators: [alic] }]\n'),
      /^groups\/eu\.yaml:3:38 FLEET_OPERATOR_UNKNOWN .*did you mean "alice"/,
    ],
    [
      'an operator in /tunnel/allow of fleet.yaml who is not there',
      {
        'fleet.yaml': `${exampleFleet['fleet.yaml']}tunnel: { state: closed, allow: [bob] }\n`,
      },
      /^fleet\.yaml:\d+:34 FLEET_OPERATOR_UNKNOWN/,
    ],
    [
      'a service of an app that is not there',
      group('  services: [{ app: wob, service: web }]\n'),
      /^groups\/eu\.yaml:3:21 FLEET_APP_UNKNOWN there is no app "wob"; did you mean "web"/,
    ],
    [
      'recording without an auditor',
      group('  record: on\n'),
      /^groups\/eu\.yaml:3:11 FLEET_ACCESS_AUDITOR sessions are to be recorded \(on\)/,
    ],
    [
      'an auditor’s key that is none',
      group('  auditors: [no key]\n'),
      /^groups\/eu\.yaml:3:14 FLEET_ACCESS_AUDITOR this auditor’s key is no OpenPGP public key/,
    ],
    [
      'certificates without a key that signs them',
      group('  certificates: true\n'),
      /^groups\/eu\.yaml:3:3 FLEET_ACCESS_KEYS no gateway of fleet\.yaml has `certificateKeys`/,
    ],
    [
      'links for guests without a key of the gateway',
      group('  share: true\n'),
      /^groups\/eu\.yaml:3:3 FLEET_ACCESS_KEYS no gateway of fleet\.yaml has `accessKeys`/,
    ],
    [
      'a target with the name of the agent’s own server',
      group('  targets: [{ name: towline, port: 22 }]\n'),
      /^groups\/eu\.yaml:3:13 FLEET_TUNNEL_TARGET "towline" is the agent's own SSH server/,
    ],
    [
      'a key of the gateway that is no key',
      gatewayWith('accessKeys: ["ssh-ed25519 AAAA"]'),
      /^fleet\.yaml:5:18 FLEET_KEY_MALFORMED/,
    ],
    [
      'a key for certificates of a kind that signs none',
      gatewayWith(`certificateKeys: ["ssh-rsa AAAA"]`),
      /^fleet\.yaml:5:23 FLEET_KEY_MALFORMED .*neither Ed25519 nor ECDSA/,
    ],
  ];
  for (const [name, changes, expected] of cases)
    test(name, async () => {
      const found = await problems(changes);
      assert.match(found.join('\n'), expected);
      assert.equal(found.length, 1, found.join('\n'));
    });

  test('a gateway’s key that a person has, too', async () => {
    const { ssh } = makePublicKeys();
    const changes = {
      ...gatewayWith(`accessKeys: ["${ssh}"]`),
      'operators/bob.yaml': `${header}sshKeys: ["${ssh}"]\n`,
    };
    assert.match((await problems(changes)).join(), /FLEET_KEY_DUPLICATE this key stands for the gateway too/);
  });

  test('a session of the gateway for a service that nobody may enter', async () => {
    const via = '  viaGateway: { operators: [alice], services: [web.wb] }\n';
    const changes = {
      ...gatewayWith(`accessKeys: ["${makePublicKeys().ssh}"]`),
      ...group(`${via}  services: [{ app: web, service: web }]\n`),
    };
    assert.match(
      (await problems(changes)).join(),
      /^groups\/eu\.yaml:3:48 FLEET_ACCESS_SERVICE "web\.wb" does not stand in `access\.services` beside it; did you mean "web\.web"/,
    );
  });

  test('nothing is wrong where all of it is there', async () => {
    const { publicKey } = await openpgp.generateKey({ userIDs: [{ name: 'auditor' }], format: 'armored' });
    const auditor = publicKey.replaceAll('\r\n', '\n').trim().replaceAll('\n', '\n      ');
    const changes = {
      ...gatewayWith(`accessKeys: ["${makePublicKeys().ssh}"]`),
      ...group(
        `  record: required\n  share: true\n  services: [{ app: web, service: web, operators: [alice] }]\n  auditors:\n    - |\n      ${auditor}\n`,
      ),
    };
    assert.deepEqual(await problems(changes), []);
  });

  test('a service that the app does not have here is a warning, and keeps no commit back', async () => {
    const changes = {
      'groups/eu.yaml': `${exampleFleet['groups/eu.yaml']}access: { services: [{ app: web, service: wbe }] }\n`,
    };
    const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
    const { state, warnings } = await desiredState({ reader, commit, device: 'pump-1' });
    assert.ok(state);
    assert.match(
      shown(warnings).join(),
      /^groups\/eu\.yaml:10:43 FLEET_ACCESS_SERVICE app "web" has no service "wbe" here: nobody can enter it; did you mean "web"/,
    );
  });
});
