/** Who has signed a commit of main, and who has approved it: by the policy in the commit before, and never by what somebody wrote. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LineReader, vouchedWords } from '../../../core/history/line-reader.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { makeApproval } from '../../rig/approvals.ts';

describe('a commit of main', () => {
  let [alice, bob]: SshKey[] = [];
  let repository: FleetRepository;
  let source: GitCatFileSource;
  let anchor = '';
  const signerOf = (key: SshKey | undefined): SshKey => {
    assert.ok(key !== undefined);
    return key;
  };
  before(async () => {
    [alice, bob] = [await makeSshKey(), await makeSshKey()];
    ({ repository, anchor } = await makeFleetRepository({ signer: alice }));
    source = new GitCatFileSource(repository.path);
  });
  after(async () => {
    await source[Symbol.asyncDispose]();
    await repository.remove();
    await alice?.remove();
    await bob?.remove();
  });
  const wordOf = (id: string) => new LineReader(new ObjectReader(source)).word(id);

  test('is signed by whom the policy names, not by whom it says it was made', async () => {
    const own = await wordOf(await repository.commit({ files: { 'a.md': 'a' }, signer: signerOf(alice) }));
    assert.equal(vouchedWords(own), 'alice');
    const strange = await wordOf(await repository.commit({ files: { 'a.md': 'b' }, signer: signerOf(bob) }));
    assert.equal(vouchedWords(strange), 'nobody who is known');
    assert.equal(
      vouchedWords(await wordOf(await repository.commit({ files: { 'a.md': 'c' } }))),
      'nobody who is known',
    );
  });

  test('is approved by whose approval states this very change, and by no other', async () => {
    const base = await repository.head();
    const changed = await repository.commit({ files: { 'b.md': 'b' }, branch: null });
    const common = { base, head: changed, signer: signerOf(alice), principal: 'alice' };
    const approval = await makeApproval(repository, common);
    const merge = (files: Record<string, string>) =>
      repository.commit({ files, parents: [base], branch: null });
    const approved = await merge({ 'b.md': 'b', [approval.path]: approval.content });
    assert.equal(vouchedWords(await wordOf(approved)), 'approved by alice');
    const another = await merge({ 'b.md': 'other', [approval.path]: approval.content });
    assert.equal(vouchedWords(await wordOf(another)), 'nobody who is known');
    const forged = await makeApproval(repository, { ...common, signer: signerOf(bob) });
    assert.equal(
      vouchedWords(await wordOf(await merge({ 'b.md': 'b', [forged.path]: forged.content }))),
      'nobody who is known',
    );
  });

  test('has a message whose trailers are left out, and whose length is bounded', async () => {
    const message = `Subject\n\nWhy it is so.\n\nSigned-off-by: A <a@example.com>`;
    const { subject, body } = await wordOf(
      await repository.commit({ files: { c: 'c' }, message, signer: signerOf(alice) }),
    );
    assert.deepEqual([subject, body], ['Subject', 'Why it is so.\n\nSigned-off-by: A <a@example.com>']);
    const long = await wordOf(await repository.commit({ files: { c: 'd' }, message: 'x'.repeat(100_000) }));
    assert.equal(long.subject.length, 200);
    assert.equal((await wordOf(anchor)).subject, 'First commit of the fleet');
  });
});
