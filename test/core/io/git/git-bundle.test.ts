import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readGitBundleHeader, writeGitBundleHeader } from '../../../../core/io/git/git-bundle.ts';
import { makeRepository } from '../../../../lab/rig/fleet-repository.ts';

test('git reads the header that is written here, and its own is read: with a subject behind what it needs', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const repository = await makeRepository();
  cleanUp.defer(() => repository.remove());
  const first = await repository.commit({ parents: [], files: { a: '1' }, message: 'one two - three' });
  const head = await repository.commit({ files: { a: '2' } });
  const file = path.join(repository.path, 'made-by-git');
  await repository.git(['bundle', 'create', '-q', file, 'main', `^${first}`]);
  const bytes = readFileSync(file);
  const read = readGitBundleHeader(bytes);
  assert.deepEqual([read.prerequisites, [...read.refs]], [[first], [['refs/heads/main', head]]]);
  assert.equal(bytes.toString('latin1', read.packAt, read.packAt + 4), 'PACK');
  const own = path.join(repository.path, 'made-here');
  await writeFile(own, Buffer.concat([writeGitBundleHeader(read), bytes.subarray(read.packAt)]));
  assert.match(await repository.git(['bundle', 'verify', own]), new RegExp(head));
});

test('SHA-256 is told apart, and what is no header refused', () => {
  const sha256 = `# v3 git bundle\n@object-format=sha256\n${'a'.repeat(64)} refs/heads/main\n\n`;
  assert.throws(() => readGitBundleHeader(Buffer.from(sha256)), { code: 'GIT_SHA256' });
  const id = 'a'.repeat(40);
  const twice = `# v2 git bundle\n${id} refs/heads/main\n${id} refs/heads/main\n\n`;
  for (const text of [
    '',
    'PACK',
    '# v2 git bundle\n',
    '# v2 git bundle\n\n',
    twice,
    `# v2 git bundle\n${id}\n\n`,
  ])
    assert.throws(() => readGitBundleHeader(Buffer.from(text)), { code: 'BUNDLE_FORMAT' }, text);
});
