/** Whatever twins a gateway without keys has served, in whatever order: once it serves main, one walk follows it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { TrustedState } from '../../../core/trust/line/trusted-state.ts';
import {
  approvalPath,
  formatApprovalFile,
  formatStatement,
} from '../../../core/trust/step/approval-statement.ts';
import { openAnchor, walk } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const start = 1_700_000_000;
const people = { alice: new MemoryKey(), bob: new MemoryKey() };
type Name = keyof typeof people;
type Files = ReadonlyMap<string, string>;
const signal = new AbortController().signal;

const policy = (walkVersion: number): string =>
  [
    'apiVersion: towline/v1',
    'fleet: f',
    'version: 1',
    `walk: ${walkVersion}`,
    'principals:',
    ...Object.entries(people).map(([name, key]) => `  ${name}: { ssh: ["${key.publicKey}"] }`),
    'roles:',
    '  root: { principals: [alice, bob] }',
    '',
  ].join('\n');

/** One step of main, and how twins of it are made. */
interface Step {
  readonly kind: 'signed' | 'empty' | 'squash' | 'merge' | 'rebase';
  readonly path: 'a' | 'b';
  readonly content: string;
  readonly signer: Name;
  readonly approvers: readonly Name[];
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('signed', 'empty', 'squash', 'squash', 'merge', 'rebase'),
  path: fc.constantFrom('a', 'b'),
  content: fc.constantFrom('0', '1', '2'),
  signer: fc.constantFrom<Name>('alice', 'bob'),
  approvers: fc.constantFrom<readonly Name[]>(['alice'], ['bob'], ['alice', 'bob']),
});

/** A round: to which step main is twisted, how far the twins go, in which form, and where honest main then stands. */
const round = fc.record({
  from: fc.nat(7),
  length: fc.integer({ min: 1, max: 4 }),
  forms: fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }),
  honest: fc.nat(8),
});

interface Made {
  readonly step: Step;
  readonly before: Files;
  readonly after: Files;
  readonly approvals: ReadonlyMap<Name, readonly [path: string, content: string]>;
  readonly head: string;
  readonly timeSec: number;
}

class Main {
  readonly repository = new MemoryRepository();
  readonly anchor: string;
  readonly made: Made[] = [];

  constructor(steps: readonly Step[], walkVersion: number) {
    let files: Files = new Map([['trust/policy.yaml', policy(walkVersion)]]);
    let head = this.#commit(files, [], start);
    this.anchor = head;
    for (const [index, one] of steps.entries()) {
      const timeSec = start + 3600 * (index + 1);
      const changes = one.kind !== 'empty' && files.get(one.path) !== one.content;
      const kind: Step['kind'] = changes || one.kind === 'signed' ? one.kind : 'empty';
      const after = changes ? new Map([...files, [one.path, one.content]]) : files;
      const approvals = new Map(
        one.approvers.map(name => [name, this.#approve(name, head, one.path, files, after, timeSec)]),
      );
      const made = { step: { ...one, kind }, before: files, after, approvals, head: '', timeSec };
      const used = isApproved(kind) ? one.approvers : [];
      head = this.make(made, head, used, 0);
      files = new Map([...after, ...used.map(name => approvals.get(name) ?? (['', ''] as const))]);
      this.made.push({ ...made, head });
    }
  }

  /** The step on a parent, in this form: 0 is main's own. */
  make(
    { step, after, approvals, timeSec }: Made,
    parent: string,
    used: readonly Name[],
    form: number,
  ): string {
    const files = new Map([...after, ...used.map(name => approvals.get(name) ?? (['', ''] as const))]);
    if (!isApproved(step.kind)) return this.#commit(files, [parent], timeSec, people[step.signer], form);
    const dateSec = timeSec - form * 100_000;
    const branch = this.#commit(after, [parent], dateSec);
    const kind = form === 0 ? step.kind : ['squash', 'merge', 'rebase'][form % 3];
    const parents = { squash: [parent], merge: [parent, branch], rebase: [branch] }[kind ?? ''] ?? [parent];
    return this.#commit(files, parents, dateSec);
  }

  #commit(files: Files, parents: readonly string[], timeSec: number, signer?: MemoryKey, form = 0): string {
    const message = `Change\n${signer === undefined ? '' : '\nTowline-Ref: f/main\n'}`;
    const twisted = signer === undefined || form === 0 ? signer : { sign: inArmor(signer, form) };
    return this.repository.commit({
      files,
      parents,
      message,
      timeSec,
      signer: twisted as MemoryKey | undefined,
    });
  }

  #approve(name: Name, base: string, path: string, before: Files, after: Files, timeSec: number) {
    const side = (text: string | undefined) =>
      text === undefined
        ? { mode: '000000' as const, id: '0'.repeat(40) }
        : { mode: '100644' as const, id: objectId({ type: 'blob', bytes: Buffer.from(text) }) };
    const [old, now] = [side(before.get(path)), side(after.get(path))];
    const sha256 = createHash('sha256')
      .update(after.get(path) ?? '')
      .digest('hex');
    const change = { path, oldMode: old.mode, oldId: old.id, newMode: now.mode, newId: now.id, sha256 };
    const nonce = createHash('sha256').update(`${name}${timeSec}`).digest('hex').slice(0, 32);
    const times = { timeSec, expiresSec: timeSec + 1_000_000 };
    const statement = formatStatement({
      fleet: 'f',
      base,
      policyVersion: 1,
      nonce,
      ...times,
      changes: [change],
    });
    const text = formatApprovalFile(statement, people[name].sign(statement, 'towline-approval'));
    return [approvalPath(statement, name), text] as const;
  }
}

const isApproved = (kind: Step['kind']): boolean => kind !== 'signed' && kind !== 'empty';

/** The same signature in other armor. */
const inArmor = (key: MemoryKey, form: number) => (payload: Uint8Array, namespace: string) => {
  const lines = key.sign(payload, namespace).trimEnd().split('\n');
  const body =
    lines
      .slice(1, -1)
      .join('')
      .match(new RegExp(`.{1,${30 + form * 4}}`, 'g')) ?? [];
  return [lines[0], ...body, lines.at(-1), ''].join('\n');
};

for (const walkVersion of [1, 2]) {
  test(`served twins of any step, a device follows main in one walk (walk ${walkVersion})`, async () => {
    let moves = 0;
    const rounds = fc.array(round, { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 2, maxLength: 8 }),
      rounds,
      async (steps, plan) => {
        const main = new Main(steps, walkVersion);
        const { repository, anchor, made } = main;
        const reader = () => new ObjectReader(repository);
        let trusted = await openAnchor(reader(), anchor);
        const look = async (head: string, from: TrustedState) =>
          walk({ reader: reader(), trusted: from, head, signal });
        let reached = 0;
        for (const { from, length, forms, honest } of plan) {
          let at = Math.max(reached, from % made.length);
          let parent = made[at - 1]?.head ?? anchor;
          for (const form of forms.slice(0, length)) {
            const one = made[at];
            // What is signed names its parent: no twin of it stands on a twin.
            if (
              one === undefined ||
              (!isApproved(one.step.kind) && parent !== (made[at - 1]?.head ?? anchor))
            )
              break;
            const some = one.step.approvers.slice(0, 1 + (form % 2));
            parent = main.make(one, parent, isApproved(one.step.kind) ? some : [], form + 1);
            at += 1;
          }
          trusted = (await look(parent, trusted)).trusted;
          reached = Math.max(reached, Math.min(made.length, Math.max(at, honest)));
          const head = made[reached - 1]?.head ?? anchor;
          const back = await look(head, trusted);
          assert.deepEqual([back.stopped?.message, back.trusted.commit], [undefined, head]);
          if (back.aside !== undefined) moves += 1;
          trusted = back.trusted;
          const { spent: _, ...same } = trusted;
          assert.deepEqual(same, (await look(head, await openAnchor(reader(), anchor))).trusted);
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
    assert.ok(moves >= 30, `only ${moves} of them were stranded before`);
  });
}
