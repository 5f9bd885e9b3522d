/** No sequence of steps that the policy does not allow moves the trusted commit: against a naive second walk. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import {
  type ApprovedChange,
  approvalPath,
  formatApprovalFile,
  formatStatement,
} from '../../../core/trust/step/approval-statement.ts';
import { openAnchor, type WalkResult, walk } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

const names = ['alice', 'bob', 'carol', 'mallory'] as const;
type Name = (typeof names)[number];
const keys = new Map<Name, MemoryKey>(names.map(name => [name, new MemoryKey()]));
const paths = ['apps/a', 'apps/b/c', 'notes', 'shared/x'] as const;
const start = 1_700_000_000;
const signal = new AbortController().signal;

/** Naively: who suffices for a path. root: two of alice, bob. apps: any of them, or carol. shared: carol and alice. */
const suffices: Readonly<Record<(typeof paths)[number], (who: ReadonlySet<string>) => boolean>> = {
  'apps/a': who => ['alice', 'bob', 'carol'].some(name => who.has(name)),
  'apps/b/c': who => ['alice', 'bob', 'carol'].some(name => who.has(name)),
  notes: who => who.has('alice') && who.has('bob'),
  'shared/x': who => who.has('carol') && who.has('alice'),
};

const line = (name: Name): string => `  ${name}: { ssh: ["${keys.get(name)?.publicKey ?? ''}"] }`;
const policy = [
  'apiVersion: towline/v1',
  'fleet: f',
  'version: 1',
  'principals:',
  ...(['alice', 'bob', 'carol'] as const).map(line),
  'roles:',
  '  root: { principals: [alice, bob], threshold: 2 }',
  '  apps: { principals: [alice, bob, carol] }',
  '  shared: { principals: [carol, alice], threshold: 2 }',
  'rules:',
  '  - { paths: ["apps/**"], roles: [apps] }',
  '  - { paths: ["shared/*"], roles: [shared] }',
  '',
].join('\n');

/** One generated commit. Approvals are for the change since `since` commits ago, or are forged to leave a path out. */
interface Made {
  readonly writes: readonly (readonly [path: (typeof paths)[number], content: string])[];
  readonly signer: Name | undefined;
  readonly trailer: boolean;
  readonly delaySec: number;
  readonly approvers: readonly Name[];
  readonly since: number;
  readonly keepApprovals: boolean;
}

const made: fc.Arbitrary<Made> = fc.record({
  writes: fc.array(fc.tuple(fc.constantFrom(...paths), fc.constantFrom('0', '1', '2')), { maxLength: 2 }),
  signer: fc.option(fc.constantFrom(...names), { nil: undefined, freq: 3 }),
  trailer: fc.constantFrom(true, true, true, false),
  delaySec: fc.constantFrom(0, 60, 60, 60, -300, -7200),
  approvers: fc.oneof(fc.constant([]), fc.subarray([...names])),
  since: fc.constantFrom(1, 1, 2, 3),
  keepApprovals: fc.constantFrom(true, true, true, false),
});

interface NaiveApproval {
  readonly principal: Name;
  readonly change: string;
}
interface NaiveCommit {
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
  readonly approvals: ReadonlyMap<string, NaiveApproval>;
  readonly signer: Name | undefined;
  readonly trailer: boolean;
  readonly timeSec: number;
}

const differing = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter(path => before.get(path) !== after.get(path))
    .sort();
const describeChange = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string =>
  JSON.stringify(differing(before, after).map(path => [path, before.get(path), after.get(path)]));

const blobId = (content: string | undefined): string =>
  content === undefined ? '0'.repeat(40) : objectId({ type: 'blob', bytes: Buffer.from(content) });
const mode = (content: string | undefined): '100644' | '000000' =>
  content === undefined ? '000000' : '100644';

function build(repository: MemoryRepository, history: readonly Made[]): NaiveCommit[] {
  const first = new Map([['trust/policy.yaml', policy]]);
  const anchorId = repository.commit({ files: first, parents: [], message: 'First\n', timeSec: start });
  const commits: NaiveCommit[] = [
    { id: anchorId, files: first, approvals: new Map(), signer: undefined, trailer: false, timeSec: start },
  ];
  let timeSec = start;
  for (const [number, step] of history.entries()) {
    const parent = commits.at(-1);
    const base = commits.at(-Math.min(step.since, commits.length));
    if (parent === undefined || base === undefined) throw new Error('no parent');
    timeSec += step.delaySec;
    const files = new Map([...parent.files, ...step.writes]);
    const approvals = new Map(step.keepApprovals ? parent.approvals : []);
    const contents = new Map([...approvals.keys()].map(path => [path, approvalTexts.get(path) ?? '']));
    const paths = differing(base.files, files);
    for (const principal of paths.length === 0 ? [] : step.approvers) {
      const changes = paths.map((path): ApprovedChange => {
        const [before, after] = [base.files.get(path), files.get(path)];
        const sha256 = createHash('sha256')
          .update(after ?? '')
          .digest('hex');
        return {
          path,
          oldMode: mode(before),
          oldId: blobId(before),
          newMode: mode(after),
          newId: blobId(after),
          sha256,
        };
      });
      const nonce = createHash('md5').update(`${number} ${principal}`).digest('hex');
      const statement = formatStatement({
        fleet: 'f',
        base: anchorId,
        policyVersion: 1,
        nonce,
        timeSec: start,
        expiresSec: start + 9e6,
        changes,
      });
      const path = approvalPath(statement, principal);
      const text = formatApprovalFile(
        statement,
        keys.get(principal)?.sign(statement, 'towline-approval') ?? '',
      );
      approvalTexts.set(path, text);
      contents.set(path, text);
      approvals.set(path, { principal, change: describeChange(base.files, files) });
    }
    const message = step.trailer ? 'x\n\nTowline-Ref: f/main\n' : 'x\n';
    const signer = step.signer === undefined ? undefined : keys.get(step.signer);
    const all = new Map([...files, ...contents]);
    const id = repository.commit({ files: all, parents: [parent.id], message, timeSec, signer });
    commits.push({ id, files, approvals, signer: step.signer, trailer: step.trailer, timeSec });
  }
  return commits;
}
const approvalTexts = new Map<string, string>();

/** The second implementation: slow, and as plain as the specification. */
function naiveWalk(commits: readonly NaiveCommit[]): { trusted: string; lineTimeSec: number } {
  let at = 0;
  let lineTimeSec = start;
  for (;;) {
    const from = commits[at];
    if (from === undefined) throw new Error('nowhere');
    let next: { at: number; lineTimeSec: number } | undefined;
    for (let length = 1; length <= 32 && next === undefined; length += 1) {
      const end = commits[at + length];
      if (end === undefined) break;
      const reached = naiveStep(from, end, length === 1, lineTimeSec);
      if (reached !== undefined) next = { at: at + length, lineTimeSec: reached };
    }
    if (next === undefined) return { trusted: from.id, lineTimeSec };
    ({ at, lineTimeSec } = next);
  }
}

function naiveStep(
  from: NaiveCommit,
  end: NaiveCommit,
  single: boolean,
  lineTimeSec: number,
): number | undefined {
  for (const path of from.approvals.keys()) if (!end.approvals.has(path)) return undefined;
  const change = describeChange(from.files, end.files);
  const vouchers = new Set<string>();
  for (const [path, approval] of end.approvals) {
    if (from.approvals.has(path)) continue;
    if (approval.principal === 'mallory' || approval.change !== change) return undefined;
    vouchers.add(approval.principal);
  }
  const counts =
    single &&
    end.signer !== undefined &&
    end.signer !== 'mallory' &&
    end.trailer &&
    end.timeSec >= lineTimeSec - 600;
  if (counts) vouchers.add(String(end.signer));
  const changed = differing(from.files, end.files);
  if (changed.length === 0 && !counts) return undefined;
  for (const path of changed) if (!suffices[path as keyof typeof suffices](vouchers)) return undefined;
  return counts ? Math.max(lineTimeSec, end.timeSec) : lineTimeSec;
}

test('generated histories: the walk and a naive second one always agree, live and late', async () => {
  let moved = 0;
  const runs = await fuzzed(
    'histories',
    fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 8 }), async history => {
      const repository = new MemoryRepository();
      const commits = build(repository, history);
      const anchor = commits[0]?.id ?? '';
      const expected = naiveWalk(commits);
      const trusted = await openAnchor(new ObjectReader(repository), anchor);
      const go = (from: typeof trusted, head: string): Promise<WalkResult> =>
        walk({ reader: new ObjectReader(repository), trusted: from, head, signal });
      const late = await go(trusted, commits.at(-1)?.id ?? '');
      assert.deepEqual(
        [late.trusted.commit, late.trusted.lineTimeSec],
        [expected.trusted, expected.lineTimeSec],
      );
      let live = trusted;
      for (const { id } of commits) {
        const { trusted: next, stopped } = await go(live, id);
        if (stopped?.code !== 'TRUST_NOT_A_DESCENDANT') live = next;
      }
      assert.equal(live.commit, expected.trusted);
      if (expected.trusted !== anchor) moved += 1;
    }),
    { runs: 150 },
  );
  assert.ok(moved * 20 > runs - 20, `only ${moved} of ${runs} histories moved`);
});
