/** Whoever may change one field signs a date: nobody's clock, and nobody's one key, moves what time it is for a fleet. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { ApprovalStatement } from '../../../core/trust/step/approval-statement.ts';
import type { SshKey } from '../../../lab/rig/keys.ts';
import { makeApproval } from '../../rig/approvals.ts';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';

const policyFile = 'trust/policy.yaml';
const pump = 'devices/eu/pump.yaml';
const app = 'apps/web/compose.yaml';
const now = Math.floor(Date.now() / 1000);
const start = now - 7200;
const hour = 3600;
const day = 24 * hour;
const endOfTime = Date.UTC(2099, 11, 31) / 1000;
const instant = (timeSec: number): string => new Date(timeSec * 1000).toISOString();
/** carol and dave each open tunnels and nothing else; eve has no role. */
const roles = [
  'root: { principals: [alice, bob], threshold: 2 }',
  'deploy: { principals: [alice, bob] }',
  'tunnels: { principals: [carol, dave] }',
  'timestamp: { principals: [bot] }',
];

describe('a signed date that lies in the future', () => {
  let people: People;
  let dave: People;
  let fleet: PolicedFleet;
  const policy = (version: number, more = ''): string => {
    const { alice, bob, carol, bot } = people;
    const keys = { alice, bob, carol, dave: dave.alice, eve: dave.bob, bot };
    const principals = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.publicKey]));
    return policyText(people, { version, walk: 2, principals, roles }) + more;
  };
  before(async () => {
    people = await makePeople();
    dave = await makePeople();
  });
  after(async () => {
    await removePeople(people);
    await removePeople(dave);
  });
  beforeEach(async () => {
    fleet = await makePolicedFleet(people, { [policyFile]: policy(1) }, start);
  });
  afterEach(() => fleet.repository.remove());

  const empty = (signer: SshKey, timeSec: number): Promise<string> =>
    fleet.repository.commit({ signer, timeSec, message: 'Nothing' });
  const deploy = (signer: SshKey, timeSec: number): Promise<string> =>
    fleet.repository.commit({ signer, timeSec, files: { [app]: `# ${timeSec} ${Math.random()}\n` } });

  /** A commit, unsigned as a forge's button makes it, with these files and approvals of exactly that. */
  async function approved(
    files: Record<string, string>,
    approvers: Record<string, SshKey>,
    statement: Partial<ApprovalStatement> = {},
  ): Promise<string> {
    const base = await fleet.repository.head();
    const head = await fleet.repository.commit({ parents: [base], branch: null, files });
    const approvals: Record<string, string> = {};
    for (const [principal, signer] of Object.entries(approvers)) {
      const made = await makeApproval(fleet.repository, { base, head, signer, principal, statement });
      approvals[made.path] = made.content;
    }
    return fleet.repository.commit({ parents: [base], tree: head, files: approvals });
  }

  async function assertTrusted(commit: string): Promise<number> {
    const { stopped, trusted } = await fleet.walk.walk();
    assert.equal(stopped, undefined, stopped?.message);
    assert.equal(trusted.commit, commit);
    return trusted.lineTimeSec;
  }

  test('under one narrow key: an empty commit of 2099 stops nobody who comes after it', async () => {
    await empty(people.carol, endOfTime);
    assert.equal(await assertTrusted(await deploy(people.alice, now)), now);
    await assertTrusted(await approved({ [app]: 'approved\n' }, { bob: people.bob }));
  });

  test('under one narrow key, again and again: still nobody is stopped', async () => {
    for (const timeSec of [now + 300, now + day, now + 30 * day, endOfTime])
      await empty(people.carol, timeSec);
    await assertTrusted(await deploy(people.bob, now));
    await empty(people.carol, endOfTime);
    assert.equal(await assertTrusted(await deploy(people.alice, now + 60)), now + 60);
  });

  test('under the key of a bot that only stamps, or of somebody without a role, moves no time', async () => {
    const timeSec = now + 13 * day;
    const statement = { timeSec, expiresSec: timeSec + day };
    const files = { [app]: 'one\n' };
    const base = await fleet.repository.head();
    const head = await fleet.repository.commit({ parents: [base], branch: null, files });
    const made = await Promise.all([
      makeApproval(fleet.repository, { base, head, signer: people.alice, principal: 'alice' }),
      makeApproval(fleet.repository, { base, head, signer: people.bot, principal: 'bot', statement }),
      makeApproval(fleet.repository, { base, head, signer: dave.bob, principal: 'eve', statement }),
    ]);
    const approvals = Object.fromEntries(made.map(({ path, content }) => [path, content]));
    await fleet.repository.commit({ parents: [base], tree: head, files: approvals });
    await fleet.repository.commit({
      signer: people.bot,
      timeSec,
      ...(await withApproval({ [app]: 'two\n' }, 'bob', people.bob)),
    });
    const last = await deploy(people.alice, now);
    assert.ok((await assertTrusted(last)) <= now + 60);
  });

  async function withApproval(files: Record<string, string>, principal: string, signer: SshKey) {
    const base = await fleet.repository.head();
    const head = await fleet.repository.commit({ parents: [base], branch: null, files });
    const { path, content } = await makeApproval(fleet.repository, { base, head, signer, principal });
    return { files: { ...files, [path]: content } };
  }

  test('line time is the newest that two principals vouch for; the later of two words waits for another', async () => {
    const lineTime = async (): Promise<number> => (await fleet.walk.walk()).trusted.lineTimeSec;
    await deploy(people.alice, start + 60);
    assert.equal(await lineTime(), start);
    await empty(people.carol, start + 120);
    assert.equal(await lineTime(), start + 60);
    await deploy(people.alice, start + 100);
    assert.equal(await lineTime(), start + 100);
    await deploy(people.alice, start + 200);
    assert.equal(await lineTime(), start + 120);
    assert.deepEqual((await fleet.walk.walk()).trusted.ahead, { principal: 'alice', timeSec: start + 200 });
  });

  test("root's threshold alone moves it, also where that is one person", async () => {
    const one = policyText(people, {
      walk: 2,
      roles: ['root: { principals: [alice] }', ...roles.slice(1, 2), 'tunnels: { principals: [carol] }'],
    });
    await fleet.repository.remove();
    fleet = await makePolicedFleet(people, { [policyFile]: one }, start);
    assert.equal(await assertTrusted(await deploy(people.alice, start + 60)), start + 60);
    assert.equal(await assertTrusted(await deploy(people.alice, now)), now);
  });

  test('a word for the future is forgotten with the role of whoever gave it', async () => {
    await empty(people.carol, endOfTime);
    const without = policy(2).replace('[carol, dave]', '[dave]');
    await approved({ [policyFile]: without }, { alice: people.alice, bob: people.bob });
    const after = await deploy(people.alice, now + 30);
    assert.ok((await assertTrusted(after)) < now + day);
    await empty(dave.alice, endOfTime - 1);
    await assertTrusted(await deploy(people.bob, now + 60));
  });

  test('a word for the future is forgotten with the key that gave it, also where its owner has a new one', async () => {
    await empty(people.carol, endOfTime);
    const replaced = policy(2).replaceAll(people.carol.publicKey, dave.carol.publicKey);
    await approved({ [policyFile]: replaced }, { alice: people.alice, bob: people.bob });
    await deploy(people.alice, now + 30);
    await empty(dave.alice, endOfTime - 1);
    await assertTrusted(await deploy(people.bob, now + 60));
  });

  test('approvals of a change that was closed do not live on in a step that names a later time', async () => {
    const old = { timeSec: start, expiresSec: start + hour };
    const base = await fleet.repository.head();
    const head = await fleet.repository.commit({
      parents: [base],
      branch: null,
      files: { [app]: 'closed\n' },
    });
    const options = { base, head, signer: people.alice, principal: 'alice', statement: old };
    const { path, content } = await makeApproval(fleet.repository, options);
    await fleet.repository.commit({
      parents: [base],
      tree: head,
      signer: people.carol,
      timeSec: now,
      files: { [path]: content },
    });
    assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_APPROVAL_EXPIRED');
  });

  describe('under two keys', () => {
    beforeEach(async () => {
      await empty(people.carol, endOfTime);
      await empty(dave.alice, endOfTime - 5);
    });

    test('stops everybody, until root sets the time', async () => {
      await deploy(people.alice, now);
      assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_TIME_BACKWARDS');
      await fleet.repository.setBranch(await fleet.repository.git(['rev-parse', 'main^']));
      const reset = await approved(
        { [policyFile]: policy(2, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
      );
      assert.equal(await assertTrusted(reset), now);
      assert.equal((await fleet.walk.walk()).trusted.ahead, undefined);
      await assertTrusted(await deploy(people.bob, now));
    });

    test('the time is set once: kept in a later policy, or taken out of it, it does nothing', async () => {
      await approved(
        { [policyFile]: policy(2, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
      );
      const later = { timeSec: now + hour, expiresSec: now + day, policyVersion: 2 };
      await approved(
        { [policyFile]: policy(3, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
        later,
      );
      assert.equal((await fleet.walk.walk()).trusted.lineTimeSec, now + hour);
      await approved(
        { [policyFile]: policy(4) },
        { alice: people.alice, bob: people.bob },
        { ...later, policyVersion: 3 },
      );
      assert.equal(await assertTrusted(await fleet.repository.head()), now + hour);
    });

    test('the time is set by root alone, and not before trust/ was last changed', async () => {
      const back = { [policyFile]: policy(2, `time: "${instant(start - hour)}"\n`) };
      await approved(back, { alice: people.alice, bob: people.bob });
      assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_POLICY_TIME');
      await fleet.repository.setBranch(await fleet.repository.git(['rev-parse', 'main^']));
      await approved({ [policyFile]: policy(2, `time: "${instant(now)}"\n`) }, { alice: people.alice });
      assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_THRESHOLD');
    });

    test('an approval that had expired at the time that root sets is not revived by it', async () => {
      await approved(
        { [policyFile]: policy(2, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
        { timeSec: start, expiresSec: now - 1 },
      );
      assert.equal((await fleet.walk.walk()).stopped?.code, 'TRUST_APPROVAL_EXPIRED');
    });
  });

  describe('under one narrow key, where walk 1 is in force', () => {
    const first = (version: number, more = ''): string => policy(version, more).replace('walk: 2\n', '');
    const atTheEnd = { timeSec: endOfTime, expiresSec: endOfTime + day };
    beforeEach(async () => {
      await fleet.repository.remove();
      fleet = await makePolicedFleet(people, { [policyFile]: first(1) }, start);
      await empty(people.carol, endOfTime);
    });

    test('stops everybody, until root raises the walk and sets the time in one step', async () => {
      await approved(
        { [policyFile]: policy(2, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
      );
      await assertTrusted(await deploy(people.bob, now));
    });

    test('and also where trust/ was changed at that time, or the walk was raised without a time', async () => {
      await approved({ [policyFile]: first(2) }, { alice: people.alice, bob: people.bob }, atTheEnd);
      await approved(
        { [policyFile]: policy(3) },
        { alice: people.alice, bob: people.bob },
        { ...atTheEnd, policyVersion: 2 },
      );
      await approved(
        { [policyFile]: policy(4, `time: "${instant(now)}"\n`) },
        { alice: people.alice, bob: people.bob },
        { policyVersion: 3 },
      );
      await assertTrusted(await deploy(people.bob, now));
    });
  });

  test('who checks before devices do refuses what lies more than ten minutes ahead of their clock', async () => {
    const { GitCatFileSource } = await import('../../../core/io/git/git-object-source.ts');
    const { ObjectReader } = await import('../../../core/trust/git/object-reader.ts');
    const { openAnchor, walk } = await import('../../../core/trust/walk.ts');
    const judge = async (): Promise<string | undefined> => {
      await using source = new GitCatFileSource(fleet.repository.path);
      const reader = new ObjectReader(source);
      const trusted = await openAnchor(reader, fleet.anchor);
      const head = await fleet.repository.head();
      const { stopped } = await walk({
        reader,
        trusted,
        head,
        nowSec: now,
        signal: AbortSignal.timeout(60_000),
      });
      return stopped?.code;
    };
    await fleet.repository.commit({
      signer: people.carol,
      timeSec: now + 500,
      files: { [pump]: device.replace('closed', 'open') },
    });
    assert.equal(await judge(), undefined);
    await empty(people.carol, now + 700);
    assert.equal(await judge(), 'TRUST_TIME_FUTURE');
  });
});
