/** The index of ids and keys, moved from commit to commit by any way, says what a new one would. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changeBetween } from '../../../../core/trust/git/change.ts';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { claimsOfChange } from '../../../../core/trust/holders/claims.ts';
import { HolderIndex } from '../../../../core/trust/holders/holder-index.ts';
import { HolderTable } from '../../../../core/trust/holders/holder-table.ts';
import { MemoryKey, MemoryRepository } from '../../../../lab/rig/memory-repository.ts';

const claim = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

test('the table has what a Map of sets has, whatever is added and removed', () => {
  const path = fc.nat(40).map(number => `devices/${number}.yaml`);
  const claims = fc.uniqueArray(fc.nat(60).map(String), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(path, claims), { maxLength: 300 }), writes => {
      const table = new HolderTable();
      const naive = new Map<string, string[]>();
      for (const [file, names] of writes) {
        const before = naive.get(file);
        if (before !== undefined) table.remove(file, before.map(claim));
        table.add(file, names.map(claim));
        naive.set(file, names);
      }
      for (let number = 0; number <= 60; number += 1) {
        const holders = [...naive].filter(([, names]) => names.includes(`${number}`)).map(([file]) => file);
        assert.deepEqual(table.holdersOf(claim(`${number}`)).sort(), holders.sort());
      }
      const files = table.files().map(({ path: file, claims: names }) => [file, [...names].sort()]);
      const expected = [...naive].filter(([, names]) => names.length > 0);
      assert.deepEqual(files.sort(), expected.map(([file, names]) => [file, names.map(claim).sort()]).sort());
    }),
    { numRuns: 100 },
  );
});

test('2,000 claims whose first bytes are one and the same are found, too', () => {
  const table = new HolderTable();
  const crowded = (number: number): string => `00000000${claim(`${number}`).slice(8)}`;
  for (let number = 0; number < 2_000; number += 1) table.add(`devices/${number}.yaml`, [crowded(number)]);
  assert.deepEqual(table.holdersOf(crowded(1_999)), ['devices/1999.yaml']);
});

describe('the index', () => {
  const keys = Array.from({ length: 12 }, () => new MemoryKey().publicKey);
  const content = fc
    .tuple(fc.option(fc.nat(11)), fc.option(fc.nat(11)), fc.boolean())
    .map(([ssh, enrolment, plain]) =>
      [
        plain ? 'apiVersion: towline/v1' : 'apiVersion: &a towline/v1',
        ...(ssh === null ? [] : ['keys:', `  ssh: ${keys[ssh]}`]),
        ...(enrolment === null ? [] : [`enrolment: { key: "${keys[enrolment]}" }`]),
        '',
      ].join('\n'),
    );
  const path = fc.constantFrom(
    'devices/a.yaml',
    'devices/eu/a.yaml',
    'devices/eu/b.yaml',
    'operators/c.yaml',
    'x',
  );
  const writes = fc.array(fc.tuple(path, fc.option(content)), { minLength: 1, maxLength: 3 });

  test('moved along steps, over trees, or read back from a file, has what a new one has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(writes, fc.boolean(), fc.boolean()), { maxLength: 12 }),
        async steps => {
          const repository = new MemoryRepository();
          const reader = new ObjectReader(repository);
          let files: ReadonlyMap<string, string> = new Map([['fleet.yaml', 'x']]);
          const commit = (): string => repository.commit({ files, parents: [], message: '', timeSec: 1 });
          let head = commit();
          let index = new HolderIndex();
          await index.at(reader, head);
          for (const [changes, isNoted, isAsked] of steps) {
            const next = new Map(files);
            for (const [file, text] of changes) {
              if (text === null) next.delete(file);
              else next.set(file, text);
            }
            files = next;
            const to = commit();
            if (isNoted) await index.note(reader, head, to, await changedBetween(reader, head, to));
            head = to;
            if (!isAsked) continue;
            const found = (await index.at(reader, head)).files();
            const fresh = (await new HolderIndex().at(reader, head)).files();
            const sorted = (list: typeof found) =>
              list.map(({ path: file, claims }) => `${file} ${[...claims].sort()}`).sort();
            assert.deepEqual(sorted(found), sorted(fresh));
            const text = index.text();
            index = new HolderIndex(async () => text);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('made from a text that is not what was written is made anew', async () => {
    const repository = new MemoryRepository();
    const reader = new ObjectReader(repository);
    const files = new Map([['devices/a.yaml', `keys: { ssh: ${keys[0]} }\n`]]);
    const head = repository.commit({ files, parents: [], message: '', timeSec: 1 });
    const first = new HolderIndex();
    await first.at(reader, head);
    const text = first.text() ?? '';
    assert.match(text, /devices\/a\.yaml/);
    for (const damaged of ['', text.slice(1), text.replace('devices/a', 'devices/b'), text.slice(0, -2)]) {
      const table = await new HolderIndex(async () => damaged).at(reader, head);
      assert.deepEqual(
        table.files().map(({ path: file }) => file),
        ['devices/a.yaml'],
      );
    }
  });
});

async function changedBetween(reader: ObjectReader, from: string, to: string) {
  const change = await changeBetween(
    reader,
    (await reader.commit(from)).tree,
    (await reader.commit(to)).tree,
  );
  const holders = change.filter(({ path }) => /^(devices|operators)\//.test(path));
  return Promise.all(
    holders.map(async entry => ({ path: entry.path, ...(await claimsOfChange(reader, entry)) })),
  );
}
