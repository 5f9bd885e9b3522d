import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { makePeople, makePolicedFleet, removePeople } from '../../rig/policed-fleet.ts';
import { git } from '../rig/gateway.ts';
import { ForgeRig } from './rig.ts';

test("a forge's merge that puts what devices follow behind its second parent is not followed, is not fetched again, and is a line in the audit log; a mend is followed", async () => {
  const people = await makePeople();
  const { repository, anchor } = await makePolicedFleet(people);
  await using rig = new ForgeRig();
  try {
    git(['fetch', '-q', repository.path, '+refs/heads/main:refs/heads/main'], { cwd: rig.fleetGit });
    await using source = new GitCatFileSource(rig.fleetGit);
    const service = await rig.open(
      { url: repository.path },
      await openAnchor(new ObjectReader(source), anchor),
    );
    const app = (name: string) => ({ signer: people.alice, files: { [`apps/${name}`]: name } });
    const first = await repository.commit(app('a'));
    assert.equal((await rig.look(service)).trouble, undefined);
    assert.equal(rig.head(), first);

    const own = await repository.commit({ ...app('b'), parents: [anchor], branch: null });
    const pulled = await repository.commit({ ...app('a'), parents: [own, first] });
    const { trouble } = await rig.look(service);
    assert.equal(trouble?.code, 'GATEWAY_MAIN_REFUSED');
    assert.equal(trouble.commit, pulled);
    assert.equal(rig.head(), first);
    assert.equal((await rig.look(service)).refusals, 1);
    assert.deepEqual(
      rig.audited.map(({ action, outcome, code }) => [action, outcome, code]),
      [['mirror', 'refused', 'GATEWAY_MAIN_REFUSED']],
    );

    const mend = await repository.commit({
      signer: people.alice,
      parents: [first, pulled],
      tree: pulled,
    });
    assert.equal((await rig.look(service)).trouble, undefined);
    assert.equal(rig.head(), mend);

    // What main is, under another id: git calls it a rewind.
    const twin = await repository.commit({
      signer: people.alice,
      parents: [first],
      tree: mend,
      message: 'Squashed',
    });
    assert.equal((await rig.look(service)).trouble, undefined);
    assert.equal(rig.head(), twin);
    await repository.commit({ ...app('c'), parents: [anchor] });
    assert.equal((await rig.look(service)).trouble?.code, 'GATEWAY_UPSTREAM_REWOUND');
    assert.equal(rig.head(), twin);
  } finally {
    await repository.remove();
    await removePeople(people);
  }
});
