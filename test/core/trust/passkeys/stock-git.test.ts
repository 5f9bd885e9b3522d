/** One commit, three judges: a device's walk, git's own verify-commit by the signers that a clone is given, and OpenSSH beneath it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { signerLines } from '../../../../cli/init/signers.ts';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { loadPolicy } from '../../../../core/trust/policy/policy-load.ts';
import { makeRepository } from '../../../../lab/rig/fleet-repository.ts';
import type { Signer } from '../../../../lab/rig/keys.ts';
import { makePasskeyPeople, passkeyPolicy, pump, pumpText } from '../../../rig/passkey-line.ts';
import { walkFrom } from '../../../rig/trust-walk.ts';

const people = makePasskeyPeople();
const signer = (sign: NonNullable<Signer['sign']>): Signer => ({ gitConfig: [], environment: {}, sign });

test('what a passkey signs on main is taken by a device, and by stock git with the signers of the policy', async () => {
  const repository = await makeRepository();
  try {
    const anchor = await repository.commit({
      parents: [],
      signer: signer((payload, namespace) => people.alice.sign(payload, namespace)),
      files: { 'trust/policy.yaml': passkeyPolicy(people), [pump]: pumpText },
    });
    const head = await repository.commit({
      signer: signer((payload, namespace) => people.carol.sign(payload, namespace)),
      files: { [pump]: pumpText.replace('paused: false', 'paused: true') },
    });
    const { stopped, trusted } = await walkFrom(repository, anchor).walk();
    assert.deepEqual([stopped, trusted.commit], [undefined, head]);
    const policy = await loadPolicy(new ObjectReader(repository), head, new Map());
    const signers = join(repository.path, 'signers');
    await writeFile(signers, `${signerLines(policy.keys.owned).join('\n')}\n`);
    const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`];
    const told = await repository.git([...settings, 'log', '-1', '--format=%G? %GS', head]);
    assert.equal(told, 'G carol');
    await repository.git([...settings, 'verify-commit', head]);
  } finally {
    await repository.remove();
  }
});
