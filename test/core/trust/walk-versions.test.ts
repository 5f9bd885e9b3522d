/** Agents of two ages on one history: the older one waits before what it does not know, and none is stranded by it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { noMode, noObject } from '../../../core/trust/git/change.ts';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { Policy } from '../../../core/trust/policy/policy.ts';
import type { PolicyCache } from '../../../core/trust/policy/policy-load.ts';
import {
  approvalPath,
  formatApprovalFile,
  formatStatement,
  noContent,
} from '../../../core/trust/step/approval-statement.ts';
import { openAnchor, type TrustedState, walk } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const start = 1_700_000_000;
const [alice, bob, carol] = [new MemoryKey(), new MemoryKey(), new MemoryKey()];
const policy = (version: number, more: string): string =>
  [
    `apiVersion: towline/v1\nfleet: f\nversion: ${version}\n${more}principals:`,
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  bob: { ssh: ["${bob.publicKey}"] }`,
    `  carol: { ssh: ["${carol.publicKey}"] }`,
    'roles: { root: { principals: [alice] }, apps: { principals: [bob, carol] } }',
    'rules: [{ paths: ["apps/**"], roles: [apps] }]\n',
  ].join('\n');

/** Policies as an agent reads them that knows this walk and no newer one. */
const ofAge = (knownWalk: number): PolicyCache => Object.assign(new Map<string, Policy>(), { knownWalk });

/** Months of a fleet: changes, the step to walk 2, a date far ahead, changes, the step to a walk of the future. */
function makeHistory(): { repository: MemoryRepository; commits: string[]; raised: number } {
  const repository = new MemoryRepository();
  const files = new Map([['trust/policy.yaml', policy(1, '')]]);
  const commits: string[] = [];
  let timeSec = start;
  const commit = (signer: MemoryKey, changes: Record<string, string>, dateSec?: number): void => {
    timeSec += 86_400;
    for (const [path, content] of Object.entries(changes)) files.set(path, content);
    const parents = commits.slice(-1);
    const message = 'x\n\nTowline-Ref: f/main\n';
    commits.push(
      repository.commit({ files: new Map(files), parents, message, timeSec: dateSec ?? timeSec, signer }),
    );
  };
  commit(alice, {});
  for (let day = 0; day < 40; day += 1) commit(day % 3 === 0 ? carol : bob, { 'apps/a': `${day}` });
  const raised = commits.length;
  commit(alice, { 'trust/policy.yaml': policy(2, 'walk: 2\n') });
  commit(bob, {}, Date.UTC(2099, 0) / 1000);
  for (let day = 0; day < 40; day += 1) commit(day % 3 === 0 ? carol : bob, { 'apps/b': `${day}` });
  return { repository, commits, raised };
}

async function go(
  repository: MemoryRepository,
  from: TrustedState,
  head: string,
  policies: PolicyCache,
): Promise<{ trusted: TrustedState; code: string | undefined }> {
  const reader = new ObjectReader(repository);
  const result = await walk({ reader, trusted: from, head, policies, signal: AbortSignal.timeout(60_000) });
  return { trusted: result.trusted, code: result.stopped?.code };
}

test('agents of both walks end at the same commit: followed day by day, updated on the way, or back after a year', async () => {
  const { repository, commits, raised } = makeHistory();
  const head = commits.at(-1) ?? '';
  const anchor = await openAnchor(new ObjectReader(repository), commits[0] ?? '');
  const old = ofAge(1);
  const waits = await go(repository, anchor, head, old);
  assert.deepEqual([waits.code, waits.trusted.commit], ['TRUST_WALK_UNKNOWN', commits[raised - 1]]);
  let live = anchor;
  for (const commit of commits.slice(0, raised)) live = (await go(repository, live, commit, old)).trusted;
  assert.deepEqual(live, waits.trusted, 'the older agent waits at one commit, live and late');
  const again = await go(repository, live, head, old);
  assert.deepEqual([again.code, again.trusted], ['TRUST_WALK_UNKNOWN', live], 'and goes on waiting there');

  const updated = await go(repository, live, head, new Map());
  const fresh = await go(repository, anchor, head, new Map());
  let daily = anchor;
  for (const commit of commits) daily = (await go(repository, daily, commit, new Map())).trusted;
  assert.equal(updated.code, undefined);
  assert.equal(updated.trusted.commit, head);
  assert.deepEqual(updated.trusted, fresh.trusted);
  assert.deepEqual(updated.trusted, daily);
});

test('up to the step that raises it, an agent that knows a newer walk judges as one that does not', async () => {
  const { repository, commits, raised } = makeHistory();
  let [older, newer] = [undefined, undefined] as [TrustedState | undefined, TrustedState | undefined];
  const anchor = await openAnchor(new ObjectReader(repository), commits[0] ?? '');
  for (const commit of commits.slice(0, raised)) {
    older = (await go(repository, older ?? anchor, commit, ofAge(1))).trusted;
    newer = (await go(repository, newer ?? anchor, commit, new Map())).trusted;
    assert.deepEqual(older, newer);
  }
});

/** An approval of what differs between two sets of files, as its file below approvals/. */
function approval(base: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const side = (text: string | undefined): { mode: '000000' | '100644'; id: string; sha256: string } =>
    text === undefined
      ? { mode: noMode, id: noObject, sha256: noContent }
      : {
          mode: '100644',
          id: objectId({ type: 'blob', bytes: Buffer.from(text) }),
          sha256: createHash('sha256').update(text).digest('hex'),
        };
  const paths = [...after.keys()].filter(path => before.get(path) !== after.get(path)).sort();
  const changes = paths.map(path => {
    const [old, now] = [side(before.get(path)), side(after.get(path))];
    return { path, oldMode: old.mode, oldId: old.id, newMode: now.mode, newId: now.id, sha256: now.sha256 };
  });
  const times = { timeSec: start, expiresSec: start + 30 * 86_400 };
  const statement = formatStatement({
    fleet: 'f',
    base,
    policyVersion: 1,
    nonce: '0'.repeat(32),
    ...times,
    changes,
  });
  const text = formatApprovalFile(statement, bob.sign(statement, 'towline-approval'));
  return [approvalPath(statement, 'bob'), text] as const;
}

test('an agent that does not know the walk does not pass over the step that raises it, whatever is approved behind it', async () => {
  const repository = new MemoryRepository();
  const message = 'x\n\nTowline-Ref: f/main\n';
  const before = new Map([['trust/policy.yaml', policy(1, '')]]);
  const commit = (files: ReadonlyMap<string, string>, parents: string[], signer?: MemoryKey): string =>
    repository.commit({ files, parents, message, timeSec: start, signer });
  const first = commit(before, [], alice);
  const raised = new Map([['trust/policy.yaml', policy(2, 'walk: 2\n')]]);
  const after = new Map([...before, ['apps/a', '1']]);
  const approved = new Map([...after, approval(first, before, after)]);
  const anchor = await openAnchor(new ObjectReader(repository), first);

  const rightly = commit(approved, [commit(raised, [first], alice)]);
  const older = await go(repository, anchor, rightly, ofAge(1));
  const newer = await go(repository, anchor, rightly, new Map());
  assert.deepEqual([older.code, older.trusted.commit], ['TRUST_WALK_UNKNOWN', first]);
  assert.notEqual(newer.trusted.commit, rightly);

  // Nor does a merge lead around it.
  const second = new Map([['trust/policy.yaml', policy(1, 'walk: 2\n')]]);
  const root = commit(second, [], alice);
  const here = await openAnchor(new ObjectReader(repository), root);
  const later = new Map([['trust/policy.yaml', policy(2, 'walk: 99\n')]]);
  for (const signer of [alice, bob, undefined]) {
    const side = commit(later, [root], signer);
    const merge = commit(new Map([...second, ['apps/a', '1']]), [root, side], bob);
    const { code } = await go(repository, here, merge, new Map());
    assert.equal(code, signer === alice ? 'TRUST_WALK_UNKNOWN' : undefined);
  }

  // A draft by somebody who may not raise it, and thought better of it, is one step with what follows, for both.
  for (const signer of [undefined, bob, carol]) {
    const draft = commit(approved, [commit(raised, [first], signer)]);
    for (const age of [ofAge(1), ofAge(2)])
      assert.equal((await go(repository, anchor, draft, age)).trusted.commit, draft);
  }
});
