/** Generated graphs of merges: the walk and a naive second one agree, for devices that follow live and that come back late. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, walk } from '../../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../../lab/rig/memory-repository.ts';

const names = ['alice', 'bob', 'carol', 'mallory'] as const;
type Name = (typeof names)[number];
const keys = new Map<Name, MemoryKey>(names.map(name => [name, new MemoryKey()]));
const trust = 'trust/policy.yaml';
const paths = [trust, 'apps/a', 'apps/b', 'notes'] as const;
const timeSec = 1_700_000_000;

/** alice is root; bob keeps apps/a, until the second version removes him; carol keeps apps/b. */
const policy = (version: 1 | 2): string => {
  const principals = version === 1 ? (['alice', 'bob', 'carol'] as const) : (['alice', 'carol'] as const);
  return [
    'apiVersion: towline/v1',
    'fleet: f',
    `version: ${version}`,
    'walk: 2',
    'principals:',
    ...principals.map(name => `  ${name}: { ssh: ["${keys.get(name)?.publicKey ?? ''}"] }`),
    'roles:',
    '  root: { principals: [alice] }',
    `  a: { principals: [${version === 1 ? 'alice, bob' : 'alice'}] }`,
    '  b: { principals: [carol] }',
    'rules:',
    '  - { paths: ["apps/a"], roles: [a] }',
    '  - { paths: ["apps/b"], roles: [b] }',
    '',
  ].join('\n');
};
const texts = { '1': policy(1), '2': policy(2) };

/** Whose tree it begins with, what it writes, what it merges: places counted back from the newest commit. */
interface Made {
  readonly first: number;
  readonly further: readonly number[];
  readonly like: number;
  readonly writes: readonly (readonly [path: (typeof paths)[number], content: '1' | '2'])[];
  readonly signer: Name | undefined;
}
const anybody = fc.constantFrom('alice', 'bob', 'bob', 'carol', 'carol', 'mallory', undefined);
const rightly = fc.constantFrom(
  { writes: [[trust, '2']], signer: 'alice' },
  { writes: [['notes', '1']], signer: 'alice' },
  { writes: [['apps/a', '1']], signer: 'bob' },
  { writes: [['apps/a', '2']], signer: 'bob' },
  { writes: [['apps/b', '1']], signer: 'carol' },
  { writes: [['apps/b', '2']], signer: 'carol' },
  { writes: [], signer: 'carol' },
) satisfies fc.Arbitrary<Pick<Made, 'writes' | 'signer'>>;
const made: fc.Arbitrary<Made> = fc.oneof(
  fc.tuple(rightly, fc.nat(3)).map(([step, first]): Made => ({ further: [], like: 0, first, ...step })),
  fc.record({
    first: fc.nat(2),
    further: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 2 }),
    like: fc.constantFrom(0, 0, 1, 2),
    writes: fc.array(fc.tuple(fc.constantFrom(...paths), fc.constantFrom('1', '2')), { maxLength: 1 }),
    signer: anybody,
  }),
);

interface Node {
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
  readonly parents: readonly Node[];
  readonly signer: Name | undefined;
}

function build(repository: MemoryRepository, history: readonly Made[]): Node[] {
  const add = (
    files: ReadonlyMap<string, string>,
    parents: readonly Node[],
    signer: Name | undefined,
  ): Node => {
    const written = new Map(
      [...files].map(([path, text]) => [path, path === trust ? texts[text as '1' | '2'] : text]),
    );
    const id = repository.commit({
      files: written,
      parents: parents.map(parent => parent.id),
      message: `${nodes.length}\n\nTowline-Ref: f/main\n`,
      timeSec,
      signer: signer === undefined ? undefined : keys.get(signer),
    });
    return { id, files, parents, signer };
  };
  const nodes: Node[] = [];
  nodes.push(add(new Map([[trust, '1']]), [], 'alice'));
  const back = (places: number): Node => nodes[Math.max(0, nodes.length - 1 - places)] ?? assert.fail();
  for (const { first, further, like, writes, signer } of history) {
    const parents = [...new Set([back(first), ...further.map(back)])];
    const files = new Map([...(parents[Math.min(like, parents.length - 1)]?.files ?? []), ...writes]);
    nodes.push(add(files, parents, signer));
  }
  return nodes;
}

const differing = (one: Node, other: Node): string[] =>
  paths.filter(path => one.files.get(path) !== other.files.get(path));
/** Whether somebody may change a path by the policy in a commit. */
function may(by: Node, who: Name | undefined, path: string): boolean {
  if (path === 'apps/a') return who === 'alice' || (who === 'bob' && by.files.get(trust) === '1');
  return path === 'apps/b' ? who === 'carol' : who === 'alice';
}
const isPrincipal = (by: Node, who: Name | undefined): boolean =>
  who === 'alice' || who === 'carol' || (who === 'bob' && by.files.get(trust) === '1');

function isStep(from: Node, to: Node): boolean {
  const changed = differing(from, to);
  if (changed.includes(trust) && from.files.get(trust) !== '1') return false;
  return changed.length === 0
    ? isPrincipal(from, to.signer)
    : changed.every(path => may(from, to.signer, path));
}

const lineOf = (node: Node): Node[] =>
  node.parents[0] === undefined ? [node] : [...lineOf(node.parents[0]), node];
function reach(from: readonly Node[], line: ReadonlySet<Node>): Set<Node> {
  const seen = new Set(from.filter(node => !line.has(node)));
  for (const node of seen) for (const parent of node.parents) if (!line.has(parent)) seen.add(parent);
  return seen;
}

/** As plain as docs/decisions/merges.md. */
function answers(trusted: Node, merge: Node): boolean {
  const line = lineOf(trusted);
  const beside = reach(merge.parents.slice(1), new Set(line));
  const forkOf = (node: Node): Node | undefined => {
    const [first] = node.parents;
    if (first === undefined || !isStep(first, node)) return undefined;
    return line.includes(first) ? first : beside.has(first) ? forkOf(first) : undefined;
  };
  const states = [...beside].filter(node => forkOf(node) !== undefined);
  const last = states.filter(node => !states.some(other => other.parents[0] === node));
  return last.every(state => {
    const fork = forkOf(state) ?? trusted;
    const stretch = line.slice(line.indexOf(fork));
    const merged = reach(
      stretch.slice(1).flatMap(node => node.parents.slice(1)),
      new Set(line),
    );
    const way = lineOf(state).slice(line.indexOf(fork) + 1);
    const known = way.findLast(node => merged.has(node));
    if (known === state || merge.signer === 'alice' || answersSince(fork, state, stretch, merge)) return true;
    return known !== undefined && answersSince(known, state, stretch, merge);
  });
}

function answersSince(base: Node, state: Node, stretch: readonly Node[], merge: Node): boolean {
  const [fork, trusted] = [stretch[0] ?? state, stretch.at(-1) ?? state];
  const has = (node: Node): boolean => node.files.get(trust) === state.files.get(trust);
  const isOfTheLine = stretch.some(has) || (base !== fork && has(base));
  const steps = stretch.slice(1).map((node, index) => [stretch[index] ?? node, node] as const);
  return differing(state, merge).every(path => {
    const at = (node: Node): string | undefined => node.files.get(path);
    if (may(state, merge.signer, path)) return true;
    if (at(merge) !== at(trusted)) return false;
    const isTouched = at(base) !== at(state);
    if (isOfTheLine) return !isTouched || stretch.some(node => at(node) === at(state));
    const isLeft = !isTouched && at(fork) !== at(trusted);
    if (!isLeft) return !isTouched;
    return steps.every(
      ([from, to]) => at(from) === at(to) || to.signer === 'alice' || may(state, to.signer, path),
    );
  });
}

function naiveWalk(head: Node, anchor: Node): Node {
  const line = lineOf(head);
  let trusted = anchor;
  for (const next of line.slice(line.indexOf(anchor) + 1)) {
    if (!isStep(trusted, next) || !answers(trusted, next)) return trusted;
    trusted = next;
  }
  return trusted;
}

test('generated merges: the walk and a naive second one agree', async () => {
  const seen = { moved: 0, refused: 0 };
  const agree = fc.asyncProperty(fc.array(made, { minLength: 2, maxLength: 9 }), async history => {
    const repository = new MemoryRepository();
    const nodes = build(repository, history);
    const [anchor, head] = [nodes[0] ?? assert.fail(), nodes.at(-1) ?? assert.fail()];
    const expected = naiveWalk(head, anchor);
    const go = (trusted: TrustedState, to: string) =>
      walk({
        reader: new ObjectReader(repository),
        trusted,
        head: to,
        signal: new AbortController().signal,
      });
    const first = await openAnchor(new ObjectReader(repository), anchor.id);
    const late = await go(first, head.id);
    assert.equal(late.trusted.commit, expected.id, late.stopped?.message);
    let live = first;
    for (const { id } of lineOf(head).slice(1)) live = (await go(live, id)).trusted;
    assert.equal(live.commit, expected.id);
    if (expected !== anchor) seen.moved += 1;
    if (late.stopped?.code === 'TRUST_MERGE') seen.refused += 1;
  });
  const numRuns = Number(process.env.TOWLINE_FUZZ_RUNS ?? 250);
  // Merges that are refused are rare: more of them where chance made few.
  for (let round = 0; round < 5 && seen.refused <= 3; round += 1) await fc.assert(agree, { numRuns });
  assert.ok(seen.moved > 25 && seen.refused > 3, JSON.stringify(seen));
});
