/** Every source that takes a stranger's bytes apart has a fuzz target; a new one without is found here. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ownBytes, targets } from '../fuzz/targets.ts';
import { root, sources } from './tree.ts';

/** How a source looks that takes bytes or text apart. */
const reading = [
  /\b(?:JSON\.parse|readFields)\(/,
  /\bparse(?:All)?Documents?\(|\bnew Parser\(|\bopenpgp\.readKeys\(/,
  /\.read(?:UInt(?:8|16|32)?(?:BE|LE)|UIntBE|UInt8)\(/,
  /\bnew URL\(|\bcreatePublicKey\(/,
  /\.split\('\\n'\)/,
  /\bexport (?:async )?function (?:parse|read|judge|open)[A-Z]\w*\(\s*\w+: (?:string|Buffer|Uint8Array)/,
  /\.on\(\s*'(?:session|tcpip|tcp connection|request|exec|upgrade)'/,
];

test('every source that takes bytes apart stands in a fuzz target, or among those that read their own', () => {
  const known = new Set([
    ...Object.values(targets).flatMap(({ parsers }) => parsers),
    ...Object.keys(ownBytes),
  ]);
  const found = [...sources()].flatMap(([file, source]) =>
    /^(?:core|agent|gateway|cli|portal)\//.test(file) && reading.some(pattern => pattern.test(source))
      ? [file]
      : [],
  );
  assert.deepEqual(
    found.filter(file => !known.has(file)),
    [],
    'give it a target in test/fuzz/targets.ts, or say there why its bytes are nobody’s but ours',
  );
});

test('targets and the sources that they name are there, and each stands once', () => {
  const named = [...Object.values(targets).flatMap(({ parsers }) => parsers), ...Object.keys(ownBytes)];
  for (const file of [...named, ...Object.values(targets).map(target => target.file)]) {
    assert.ok(existsSync(path.join(root, file)), file);
  }
  assert.deepEqual([...new Set(named)].sort(), [...named].sort());
});

test('every target counts its runs', () => {
  const files = sources();
  for (const { file } of Object.values(targets))
    assert.match(files.get(file) ?? '', /\bawait fuzzed\(/, file);
});
