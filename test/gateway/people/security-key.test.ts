import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { finish } from '../../../lab/rig/finished.ts';
import { securityToken } from '../../../lab/rig/security-token.ts';
import { operator } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';

describe('security keys at the people’s port and at the device, with stock OpenSSH', {
  timeout: 120_000,
}, () => {
  let token: Readonly<Record<string, string>>;
  before(() => {
    token = securityToken();
  });

  /** The operator's key is made anew, in a token. */
  async function withToken(rig: Rig, type: string, ...more: readonly string[]): Promise<void> {
    const file = join(rig.folder, operator);
    for (const each of [file, `${file}.pub`]) await rm(each);
    const made = await rig.run('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file, ...more], '', token);
    assert.equal(made.code, 0, made.stderr);
    await rig.publish(undefined);
  }

  const greet = async (rig: Rig) => {
    const provider = ['-o', `SecurityKeyProvider=${token.SSH_SK_PROVIDER}`];
    return rig.run('ssh', ['-F', await rig.clientConfig(), ...provider, '-T', 'gw'], '', token);
  };

  for (const type of ['ed25519-sk', 'ecdsa-sk']) {
    test(`an operator may have a key of type ${type}, and is asked to touch it`, async () => {
      await using rig = await Rig.start();
      await withToken(rig, type);
      const { code, stdout, stderr } = await greet(rig);
      assert.equal(code, 0, stderr);
      assert.match(stdout.toString(), /^Hello alice/);
      await withToken(rig, type, '-O', 'no-touch-required');
      const untouched = await greet(rig);
      assert.equal(untouched.code, 255);
      assert.match(untouched.stderr, /Permission denied \(publickey\)/);
      assert.deepEqual(
        rig.audits.map(({ action, outcome }) => `${action} ${outcome}`),
        ['login allowed', 'login refused'],
      );
    });
  }

  test('the agent’s own server takes them as the gateway does, touched', async () => {
    await using rig = await AccessRig.start({ engine: 'none' });
    const config = await rig.clientConfig('token');
    const visit = async (name: string, ...more: readonly string[]) => {
      const file = join(rig.folder, 'token');
      for (const each of [file, `${file}.pub`]) await rm(each, { force: true });
      const make = ['-q', '-t', 'ed25519-sk', '-N', '', '-f', file, ...more];
      const made = await finish(rig.spawn('ssh-keygen', make, token), '');
      assert.equal(made.code, 0, made.stderr);
      await rig.use({ operators: { [name]: ['token'] } });
      const provider = ['-o', `SecurityKeyProvider=${token.SSH_SK_PROVIDER}`];
      return finish(rig.spawn('ssh', ['-F', config, ...provider, '-T', 'pump'], token), '');
    };
    const { code, stdout, stderr } = await visit('alice');
    assert.equal(code, 0, stderr);
    assert.match(stdout.toString(), /alice/);
    const untouched = await visit('bob', '-O', 'no-touch-required');
    assert.equal(untouched.code, 255);
    assert.match(untouched.stderr, /Permission denied \(publickey\)/);
  });
});
