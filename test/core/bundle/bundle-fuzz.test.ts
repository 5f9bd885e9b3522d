/** Bundles as a stranger's stick has them: read as they were written, or our own error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readContents, writeContents } from '../../../core/bundle/contents.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { seal, unseal } from '../../../core/bundle/seal.ts';
import { readTable, tableOfIndex, writeIndex, writeTable } from '../../../core/bundle/table.ts';
import { digestOf } from '../../../core/images/digest.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors, onlyOurRejections } from '../../fuzz/mutation.ts';
import { chunksOf, sample, sampleImage, written } from './sample-bundle.ts';

const image = sampleImage('registry.example.com/pump:1.5.0', {
  'linux/amd64': [Buffer.alloc(100, 1), Buffer.alloc(600, 2)],
  'linux/arm64': [Buffer.alloc(100, 1)],
});
const valid = sample({ images: [image], contents: { since: 'b'.repeat(40), timestamp: 'c'.repeat(40) } });
const bytes = await written(valid);
const contents = writeContents(valid.contents);
const table = writeTable({
  contents: { digest: digestOf(contents), size: contents.length },
  entries: valid.entries,
});

test('whole bundles with bytes changed, cut and doubled: only the valid one is read to its end', async () => {
  await fuzzed(
    'bundles',
    fc.asyncProperty(mutated(bytes), fc.integer({ min: 1, max: 9000 }), async (file, chunk) => {
      const count = await onlyOurRejections(async () => {
        let parts = 0;
        for await (const _ of (await openBundle(chunksOf(file, chunk))).parts()) parts += 1;
        return parts;
      });
      if (count !== undefined) assert.deepEqual(file, bytes);
    }),
  );
});

test('sealed ones: nothing but the bundle that was sealed is read to its end', async () => {
  const openpgp = await import('openpgp');
  const userIDs = [{ name: 'pump-17' }];
  const { publicKey, privateKey } = await openpgp.generateKey({ userIDs, format: 'armored' });
  const chunks: Uint8Array[] = [];
  for await (const chunk of seal(chunksOf(bytes), { keys: [publicKey], date: new Date() }))
    chunks.push(chunk);
  const sealed = Buffer.concat(chunks);
  await fuzzed(
    'sealed bundles',
    fc.asyncProperty(mutated(sealed), async file => {
      const count = await onlyOurRejections(async () => {
        let parts = 0;
        for await (const _ of (await openBundle(unseal(chunksOf(file, 1000), privateKey))).parts())
          parts += 1;
        return parts;
      });
      assert.ok(count === undefined || count === valid.entries.length);
    }),
    { runs: 60 },
  );
});

test('contents, tables and indexes, their text changed: what is read is written as it was', async () => {
  await fuzzed(
    'bundle tables',
    fc.property(mutatedText(contents.toString(), table.toString()), text => {
      const changed = Buffer.from(text);
      const read = onlyOurErrors(() => readContents(changed));
      if (read !== undefined) assert.deepEqual(writeContents(read), changed);
      const named = onlyOurErrors(() => readTable(changed));
      if (named !== undefined) assert.deepEqual(writeTable(named), changed);
    }),
  );
  const index = writeIndex(table, valid.entries, valid.contents).toString();
  await fuzzed(
    'bundle indexes',
    fc.property(mutatedText(index), text => {
      onlyOurErrors(() => tableOfIndex(Buffer.from(text)));
    }),
  );
});
