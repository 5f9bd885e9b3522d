import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { walkFrom } from '../../rig/trust-walk.ts';

describe('the walk with one role', () => {
  let keys: readonly (GpgKey | SshKey)[] = [];
  let stranger: GpgKey;
  before(async () => {
    keys = [await makeGpgKey({ name: 'alice' }), await makeSshKey()];
    stranger = await makeGpgKey({ name: 'mallory' });
  });
  after(async () => {
    for (const key of [...keys, stranger]) await key.remove();
  });

  test('accepts commits that root signs, with OpenPGP and with SSH', async () => {
    for (const signer of keys) {
      const { repository, anchor } = await makeFleetRepository({ signer });
      await repository.commit({ signer, files: { 'apps/web/compose.yaml': 'services: {}\n' } });
      const head = await repository.commit({ signer, files: { 'apps/web/compose.yaml': null, 'x/y': '1' } });
      const result = await walkFrom(repository, anchor).walk();
      assert.equal(result.stopped, undefined);
      assert.equal(result.trusted.commit, head);
      assert.deepEqual(
        result.accepted.map(step => step.vouched),
        [['alice'], ['alice']],
      );
      await repository.remove();
    }
  });

  test('stays on the last good commit when one is unsigned, by a stranger, or changed after signing', async () => {
    for (const signer of keys) {
      const { repository, anchor } = await makeFleetRepository({ signer });
      const good = await repository.commit({ signer, files: { a: '1' } });
      const cases: [string, string][] = [
        ['TRUST_UNSIGNED', await repository.commit({ files: { a: '2' }, parents: [good] })],
        [
          'TRUST_UNKNOWN_KEY',
          await repository.commit({ signer: stranger, files: { a: '2' }, parents: [good] }),
        ],
        [
          'TRUST_NOT_FOR_MAIN',
          await repository.commit({ signer, trailer: false, files: { a: '2' }, parents: [good] }),
        ],
      ];
      const signed = await repository.commit({ signer, files: { a: '2' }, parents: [good] });
      const raw = await repository.git(['cat-file', 'commit', signed]);
      cases.push([
        'TRUST_BAD_SIGNATURE',
        await repository.store('commit', `${raw.replace('\n\nChange', '\n\nOther')}\n`),
      ]);
      for (const [code, head] of cases) {
        await repository.setBranch(head);
        await repository.commit({ signer, files: { b: 'on top' } });
        const result = await walkFrom(repository, anchor).walk();
        assert.equal(result.trusted.commit, good, code);
        assert.equal(result.stopped?.code, code);
        assert.equal(result.stopped?.commit, head);
        assert.equal(result.stopped?.path, 'a');
        assert.deepEqual(result.stopped?.missing, ['1 more of root (alice)']);
      }
      await repository.remove();
    }
  });

  test('a mend gets past a bad commit, a commit on top of it does not', async () => {
    const [signer] = keys;
    assert.ok(signer);
    const { repository, anchor } = await makeFleetRepository({ signer });
    const bad = await repository.commit({ files: { a: 'evil' } });
    const mend = await repository.commit({ signer, parents: [anchor, bad], tree: anchor, message: 'Mend' });
    const result = await walkFrom(repository, anchor).walk();
    assert.equal(result.trusted.commit, mend);
    await repository.remove();
  });

  test('an OpenPGP key that was extended in time goes on signing; one that was not is refused by line time', async () => {
    const now = Math.floor(Date.now() / 1000);
    const key = await makeGpgKey({ name: 'zoe', expire: 'seconds=3600' });
    const { repository, anchor } = await makeFleetRepository({ signer: key, timeSec: now });
    await key.gpg(['--quick-set-expire', key.fingerprint, '1y']);
    const late = await repository.commit({
      signer: key,
      timeSec: now + 7200,
      files: { a: '1' },
      branch: null,
    });
    assert.equal((await walkFrom(repository, anchor).walk(late)).stopped?.code, 'TRUST_KEY_EXPIRED');
    const policy = await repository.git(['show', `${anchor}:trust/policy.yaml`]);
    await repository.commit({
      signer: key,
      timeSec: now,
      files: {
        'trust/keys/alice.asc': await key.publicKey(),
        'trust/policy.yaml': `${policy.replace('version: 1', 'version: 2')}\n`,
      },
    });
    const head = await repository.commit({ signer: key, timeSec: now + 7200, files: { a: '1' } });
    const result = await walkFrom(repository, anchor).walk();
    assert.equal(result.trusted.commit, head, result.stopped?.message);
    await repository.remove();
    await key.remove();
  });
});
