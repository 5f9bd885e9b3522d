/** Diffs as the page shows them: git takes them for what they say, and what is no text, or too much of it, is said to be. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { diffOf, fileDiffs } from '../../../portal/change/file-diffs.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-diffs-'));
});
after(() => rm(folder, { recursive: true }));

const bytes = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text));
const name = 'devices/pump 1é.yaml';

async function applied(old: string | undefined, now: string | undefined): Promise<string | undefined> {
  const place = await mkdtemp(path.join(folder, 'x'));
  await mkdir(path.join(place, 'devices'));
  const file = path.join(place, name);
  if (old !== undefined) await writeFile(file, old);
  const patch = diffOf(name, bytes(old), bytes(now));
  execFileSync('git', ['apply', '-'], { cwd: place, input: patch, stdio: ['pipe', 'ignore', 'inherit'] });
  return await readFile(file, 'utf8').catch(() => undefined);
}

test('git makes of a file what its diff says, whatever it has changed, brought or taken away', async () => {
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  const text = `${lines.join('\n')}\n`;
  const pairs: [string | undefined, string | undefined][] = [
    ['paused: true\n', 'paused: false\n'],
    [text, text.replace('line 3\n', '').replace('line 30', 'another')],
    [text, `first\n${text}last, without an end`],
    ['without an end', 'without an end, too'],
    ['a\r\nb\r\n', 'a\r\nc\r\n'],
    [undefined, 'new\n'],
    ['old\n', undefined],
    ['--- a/x\n+++ b/x\n', '--- a/y\n+++ b/x\n====\n'],
    ['a\u202eb\n', 'a\u202ec\u0007\n'],
  ];
  for (const [old, now] of pairs) assert.equal(await applied(old, now), now, JSON.stringify([old, now]));
});

test('what is no text, too long or too different is said to be, and nothing of it is shown for another', () => {
  assert.match(diffOf('a', Buffer.from([0, 1]), Buffer.from([0, 2])), /^# no text/);
  assert.match(diffOf('a', Buffer.from([0xff]), Buffer.from('a')), /^# no text/);
  const many = (word: string) =>
    Buffer.from(Array.from({ length: 8000 }, (_, at) => `${word}${at}\n`).join(''));
  assert.match(diffOf('a', many('x'), many('y')), /^# too much of it is other/);
  const long = diffOf('a', Buffer.from('x\n'), Buffer.from(`${'z'.repeat(200_000)}\n`));
  assert.ok(long.length < 70_000);
  assert.match(long, /# cut here/);
});

test('of more than a hundred files it is said that they change', async () => {
  const files = {
    fileAt: async () => undefined,
    blob: async () => Buffer.alloc(0),
    list: async function* none() {},
  };
  const changes = new Map(Array.from({ length: 130 }, (_, at) => [`devices/p-${at}.yaml`, 'x\n'] as const));
  const found = await fileDiffs({ files, commit: '0'.repeat(40) }, changes);
  assert.equal(found.length, 130);
  assert.equal(found.filter(({ diff }) => /^# changed; diffs of the first 100/.test(diff)).length, 30);
});
