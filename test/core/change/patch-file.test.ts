import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { commitOf } from '../../../core/change/commit-of.ts';
import { formatPatch, maxPatchCharacters, readPatch } from '../../../core/change/patch-file.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText, onlyOurErrors } from '../../fuzz/mutation.ts';

const repository = new MemoryRepository();
const files = new Map([
  ['a/b.yaml', 'one\n'],
  ['c', ''],
]);
const base = repository.commit({ files, parents: [], message: 'Base\n', timeSec: 1_700_000_000 });
const person = { name: 'Alice', email: 'alice@acme.example', timeSec: 1_700_000_100, zone: '+0000' };
const commit = await commitOf({
  reader: new ObjectReader(repository),
  base,
  changes: new Map<string, string | null>([
    ['a/b.yaml', 'two\n'],
    ['a/empty', ''],
    ['c', null],
    ['d', 'x'.repeat(300)],
  ]),
  message: 'A change\n\nTowline-Ref: acme/main\n',
  author: person,
  committer: person,
});
const patch = { fleet: 'acme', ...commit };
const text = formatPatch(patch);

describe('a patch to take away', () => {
  test('is read as it was written, by other line ends and an editor that ends the file in its way, too', () => {
    for (const written of [text, text.replaceAll('\n', '\r\n'), `${text}\n\n`, text.trimEnd()])
      assert.deepEqual(readPatch(written), patch);
  });

  const [first = '', ...blocks] = text.trimEnd().split('\n\n');
  const join = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;
  const counted = (count: number): string => first.replace(/objects \d+/, `objects ${count}`);
  const [commitBlock = '', ...objectBlocks] = blocks;
  const blob = objectBlocks.find(block => block.startsWith('blob')) ?? '';
  const refused: readonly [name: string, text: string, why: RegExp][] = [
    ['nothing', '', /does not begin/],
    ['a patch of git', 'From 1a2b3c4d Mon Sep 17 00:00:00 2001\n', /does not begin/],
    ['another version', text.replace('patch v1', 'patch v2'), /does not begin/],
    ['words before it', `Please sign\n${text}`, /does not begin/],
    ['an object too many', join(counted(blocks.length), ...blocks, blob), /has others/],
    ['an object too few', join(first, ...blocks.slice(0, -1)), /has others/],
    ['an object twice', join(counted(blocks.length + 1), ...blocks, blob), /stands twice/],
    [
      'other bytes',
      text.replace(/^(blob .*\n)(.)/m, (_, title, letter) => `${title}${letter === 'A' ? 'B' : 'A'}`),
      /other bytes/,
    ],
    ['bytes that are no base64', text.replace(/^(blob .*\n)/m, '$1!'), /no base64/],
    ['another fingerprint', text.replace(/^fingerprint ..../m, 'fingerprint 0000'), /of another commit/],
    ['another base', text.replace(/^base ..../m, 'base 0000'), /does not stand on its base/],
    ['no commit', join(counted(1), blob), /no commit/],
    ['a second commit', join(counted(2), commitBlock, otherCommit()), /second commit/],
    ['a tag', join(counted(1), blob.replace('blob', 'tag')), /begins "tag/],
    ['a base that is none', text.replace(/^base .*/m, 'base main'), /does not begin/],
    ['much', `${text}${' '.repeat(maxPatchCharacters)}`, /characters/],
  ];
  for (const [name, hostile, why] of refused)
    test(`is refused: ${name}`, () =>
      assert.throws(
        () => readPatch(hostile),
        error => {
          assert.ok(error instanceof Error && 'code' in error);
          assert.equal(error.code, 'TRUST_PATCH');
          assert.match(error.message, why);
          return true;
        },
      ));

  test('is refused where its commit is signed already, or a merge', () => {
    for (const [from, to] of [
      ['\n\nA change', '\ngpgsig -----BEGIN SSH SIGNATURE-----\n\nA change'],
      [`parent ${base}\n`, `parent ${base}\nparent ${base}\n`],
    ] as const) {
      const payload = Buffer.from(commit.payload.toString().replace(from, to));
      const id = repository.store('commit', payload);
      assert.throws(() => readPatch(formatPatch({ ...patch, payload, id })), { code: 'TRUST_PATCH' });
    }
  });

  test('damaged, is refused by our own error, or is the same patch', async () => {
    await fuzzed(
      'patches',
      fc.property(mutatedText(text), hostile => {
        const found = onlyOurErrors(() => readPatch(hostile));
        if (found !== undefined) assert.deepEqual({ ...found, fleet: 'acme' }, patch);
      }),
    );
  });
});

function otherCommit(): string {
  const payload = Buffer.from(commit.payload.toString().replace('A change', 'Another'));
  const other = formatPatch({ ...patch, payload, id: repository.store('commit', payload), objects: [] });
  return other.trimEnd().split('\n\n')[1] ?? '';
}
