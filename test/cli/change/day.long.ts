/** docs/guides/operators-day.md, typed from the page: each line does what the page says, and devices follow to the end. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { addRelease } from '../fleet.ts';
import { git } from '../towline.ts';
import { pushedFleet } from './pushed-fleet.ts';

/** As a shell would split it. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map(word => word.replaceAll('"', ''));

/** What needs more than a desk: a gateway, devices. Tests of those verbs type them. */
const elsewhere = /^towline (?:status|now|doctor|rollout|history|diff)\b/;

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

test('the operator’s day, line by line as the guide has it', async () => {
  const file = path.join(import.meta.dirname, '../../../docs/guides/operators-day.md');
  const page = await readFile(file, 'utf8');
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block.trim());
  const lines = blocks.flatMap(block => block.split('\n')).filter(line => !elsewhere.test(line));
  assert.ok(lines.length >= 20, `${lines.length} lines`);
  await using desk = await pushedFleet(['--gateway-host-key', hostKey]);
  await addRelease(desk.fleet, '1.1.0');
  await desk.commits({});
  const shop = path.join(desk.fleet.folder, 'shop');
  await mkdir(shop);
  await writeFile(
    path.join(shop, 'compose.yaml'),
    'services:\n  web:\n    image: registry.example.com/shop:1\n',
  );
  for (const line of lines) {
    const [program, ...words] = wordsOf(line);
    assert.equal(program, 'towline', line);
    const before = await desk.head();
    const { code, output, errors } = await desk.does(...words);
    assert.equal(code, 0, `${line}: ${errors}`);
    const reads = words.includes('list') || words.includes('show');
    const count = await git(desk.origin, 'rev-list', '--count', `${before}..main`);
    assert.equal(count, reads ? '0' : '1', `${line}: ${output}`);
    await desk.fleet.git('pull', '-q', '--ff-only');
  }
  assert.equal((await desk.does('trust', 'check')).code, 0);
  assert.equal((await desk.does('validate')).code, 0);
  assert.equal(await desk.fleet.git('status', '--porcelain'), '');
});
