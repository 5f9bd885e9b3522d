/** What a narrow key can make every device, and the gateway, do for one merge. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TrustLimits } from '../../../../core/trust/git/limits.ts';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { assertMendable } from '../../../../core/trust/merge/mendable.ts';
import { openAnchor, type WalkResult, walk } from '../../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../../lab/rig/memory-repository.ts';

const [alice, eve] = [new MemoryKey(), new MemoryKey()];
const timeSec = 1_700_000_000;
const message = 'Change\n\nTowline-Ref: f/main\n';
const signal = new AbortController().signal;
/** alice is root; eve writes one app. */
const policy = [
  'apiVersion: towline/v1',
  'fleet: f',
  'version: 1',
  'walk: 2',
  'principals:',
  `  alice: { ssh: ["${alice.publicKey}"] }`,
  `  eve: { ssh: ["${eve.publicKey}"] }`,
  'roles:',
  '  root: { principals: [alice] }',
  '  apps: { principals: [eve] }',
  'rules:',
  '  - { paths: ["apps/evil/**"], roles: [apps] }',
  '',
].join('\n');

class Fleet {
  readonly #repository = new MemoryRepository();
  readonly anchor = this.commit([], {}, alice);

  commit(parents: readonly string[], files: Readonly<Record<string, string>>, signer = eve): string {
    const all = new Map([['trust/policy.yaml', policy], ...Object.entries(files)]);
    return this.#repository.commit({ files: all, parents, message, timeSec, signer });
  }

  reader(limits: Partial<TrustLimits> = {}): ObjectReader {
    return new ObjectReader(this.#repository, limits);
  }

  async walk(head: string, limits: Partial<TrustLimits> = {}): Promise<WalkResult> {
    const trusted = await openAnchor(this.reader(), this.anchor);
    return await walk({ reader: this.reader(limits), trusted, head, signal });
  }
}

const many = (count: number, content: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`apps/evil/${at}`, content]));

describe('behind a merge', () => {
  test('so many changed paths are looked at in all, and no more; the door lets half of it in', async () => {
    const fleet = new Fleet();
    const sides = [1, 2, 3].map(number => fleet.commit([fleet.anchor], many(100, `${number}`)));
    const head = fleet.commit([fleet.anchor, ...sides], {});
    const within = await fleet.walk(head, { maxMergePaths: 700 });
    assert.equal(within.trusted.commit, head, within.stopped?.message);
    assert.equal((await fleet.walk(head, { maxMergePaths: 500 })).stopped?.code, 'TRUST_LIMIT');
    const trusted = await openAnchor(fleet.reader(), fleet.anchor);
    await assertMendable(fleet.reader({ maxMergePaths: 700 }), trusted, head, signal);
    const small = fleet.reader({ maxMergePaths: 500 });
    await assert.rejects(assertMendable(small, trusted, head, signal), { code: 'TRUST_LIMIT' });
  });

  test('a long line is read once, however many branches leave it far back', async () => {
    const fleet = new Fleet();
    const sides = Array.from({ length: 40 }, (_, at) =>
      fleet.commit([fleet.anchor], { 'apps/evil/side': `${at}` }),
    );
    let main = fleet.anchor;
    for (let at = 0; at < 900; at += 1) main = fleet.commit([main], { 'apps/evil/main': `${at}` });
    const head = fleet.commit([main, ...sides], { 'apps/evil/main': 'merged' });
    const { trusted } = await fleet.walk(main);
    const reader = fleet.reader({ maxObjects: 8_000 });
    const result = await walk({ reader, trusted, head, signal });
    assert.equal(result.trusted.commit, head, result.stopped?.message);
  });
});
