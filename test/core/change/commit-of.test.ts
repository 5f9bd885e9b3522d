import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signedCommit } from '../../../cli/desk/signed-commit.ts';
import { commitOf, type UnsignedCommit, withSignature } from '../../../core/change/commit-of.ts';
import type { NewContent } from '../../../core/change/new-content.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { parseCommit } from '../../../core/trust/git/commit-object.ts';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';

let folder = '';
let source: GitCatFileSource;
const git = (args: string[], input = '', env: NodeJS.ProcessEnv = {}) =>
  execFileSync('git', args, { cwd: folder, input, env: { ...process.env, ...env } })
    .toString()
    .trim();

const person = { name: 'Änne Müller-Ön', email: 'aenne@acme.example', timeSec: 1_790_000_000, zone: '+0130' };
const asEnvironment = {
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  ...{ GIT_AUTHOR_NAME: person.name, GIT_AUTHOR_EMAIL: person.email },
  ...{ GIT_COMMITTER_NAME: person.name, GIT_COMMITTER_EMAIL: person.email },
  ...{ GIT_AUTHOR_DATE: `${person.timeSec} ${person.zone}` },
  ...{ GIT_COMMITTER_DATE: `${person.timeSec} ${person.zone}` },
};
const { signal } = new AbortController();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towline-commit-of-'));
  Object.assign(process.env, asEnvironment);
  git(['init', '-q', '--bare']);
  source = new GitCatFileSource(folder);
});
after(async () => {
  await source[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Numbers that come again with the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state % below;
  };
}

const names = ['a', 'a.b', 'ab', 'b', 'é', 'fleet.yaml', 'pump-1', 'pump 2'];
type Files = Map<string, { readonly text: string; readonly mode: '100644' | '100755' }>;

function generated(next: (below: number) => number): Files {
  const files: Files = new Map();
  for (let count = 1 + next(14); count > 0; count -= 1) {
    const path = Array.from({ length: 1 + next(3) }, () => names[next(names.length)]).join('/');
    const isFree = [...files.keys()].every(
      each => !each.startsWith(`${path}/`) && !path.startsWith(`${each}/`),
    );
    if (isFree) files.set(path, { text: `${next(50)}\n`, mode: next(4) === 0 ? '100755' : '100644' });
  }
  return files;
}

function commitFiles(files: Files): string {
  const env = { GIT_INDEX_FILE: join(folder, 'made-index') };
  git(['read-tree', '--empty'], '', env);
  const lines = [...files].map(([path, { text, mode }]) => {
    const id = git(['hash-object', '-w', '--stdin'], text);
    return `${mode} ${id}\t${path}\0`;
  });
  git(['update-index', '--add', '-z', '--index-info'], lines.join(''), env);
  return git(['commit-tree', git(['write-tree'], '', env)], 'base\n');
}

function changesOf(files: Files, next: (below: number) => number): Map<string, NewContent | null> {
  const changes = new Map<string, NewContent | null>();
  const known = [...files.keys()];
  for (let count = next(6); count > 0; count -= 1) {
    const path = next(3) === 0 ? [...generated(next).keys()][0] : known[next(known.length)];
    if (path === undefined) continue;
    const bytes = Buffer.from(`${next(50)}\n`);
    const mode = next(2) === 0 ? '100755' : '100644';
    changes.set(path, [null, bytes.toString(), bytes, { bytes, mode } as const][next(4)] ?? null);
  }
  return changes;
}

const message = 'Pause pump-1\n\nTowline-Ref: acme/main\n';

const made = (base: string, changes: Map<string, NewContent | null>) =>
  commitOf({ reader: new ObjectReader(source), base, changes, message, author: person, committer: person });

async function byGit(base: string, files: Map<string, NewContent | null>): Promise<string | undefined> {
  const change = { directory: folder, base, files, message, key: undefined, mayBeUnsigned: true };
  return await signedCommit(change, signal).catch((error: unknown) => {
    if (isTowlineError(error, 'CLI_GIT')) return undefined;
    throw error;
  });
}

async function ours(
  base: string,
  files: Map<string, NewContent | null>,
): Promise<UnsignedCommit | undefined> {
  return await made(base, files).catch((error: unknown) => {
    if (isTowlineError(error, 'CLI_CHANGE_REFUSED')) return undefined;
    throw error;
  });
}

test('the commit that is shown is the one that git makes, and what git would lose is refused, for generated trees', async () => {
  let taken = 0;
  let refused = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const next = numbers(seed * 7919);
    const files = generated(next);
    const base = commitFiles(files);
    const changes = changesOf(files, next);
    const [expected, found] = [await byGit(base, changes), await ours(base, changes)];
    assert.equal(found?.id, expected, `seed ${seed}: ${JSON.stringify([...files.keys(), ...changes])}`);
    if (expected === undefined) refused += 1;
    else taken += 1;
    if (found === undefined) continue;
    assert.deepEqual(found.payload, execFileSync('git', ['cat-file', 'commit', found.id], { cwd: folder }));
    for (const { id, type, bytes } of found.objects) {
      assert.equal(objectId({ type, bytes }), id);
      assert.equal(git(['cat-file', '-t', id]), type, 'git has written the very same objects');
    }
  }
  assert.ok(taken >= 12 && refused >= 1, `${taken} taken, ${refused} refused`);
});

test('of folders that nobody touches nothing is read, and nothing is new', async () => {
  const files: Files = new Map(
    ['devices/pump-1.yaml', 'devices/pump-2.yaml', 'apps/hello/a.yaml', 'groups/x/y/z.yaml'].map(path => [
      path,
      { text: `${path}\n`, mode: '100644' },
    ]),
  );
  const base = commitFiles(files);
  const read: string[] = [];
  const counting = {
    read: async (id: string, maxBytes?: number) => {
      read.push(id);
      return await source.read(id, maxBytes);
    },
  };
  const question = { base, message, author: person, committer: person };
  const changes = new Map([['devices/pump-1.yaml', 'paused: true\n']]);
  const { objects } = await commitOf({ ...question, reader: new ObjectReader(counting), changes });
  assert.deepEqual(objects.map(({ type }) => type).sort(), ['blob', 'tree', 'tree']);
  assert.equal(read.length, 3, 'the commit, its tree, the folder of devices');
});

test('paths that escape, or that git or devices would not take, are refused', async () => {
  const base = commitFiles(new Map([['devices/pump-1.yaml', { text: 'x\n', mode: '100644' }]]));
  for (const path of [
    '../x',
    'a/../b',
    '/etc/passwd',
    '.git/config',
    'a/.GIT/x',
    'a//b',
    '',
    'a\u202eb',
    'a\nb',
    'DEVICES/x',
  ])
    await assert.rejects(made(base, new Map([[path, 'x']])), { code: 'CLI_CHANGE_REFUSED' }, path);
  const deep = Array.from({ length: 40 }, () => 'a').join('/');
  await assert.rejects(made(base, new Map([[deep, 'x']])), { code: 'CLI_CHANGE_REFUSED' });
});

test('a person or a message that git would write otherwise makes no commit', async () => {
  const base = commitFiles(new Map([['a', { text: 'x\n', mode: '100644' }]]));
  const question = { reader: new ObjectReader(source), base, changes: new Map([['a', 'y']]), message };
  for (const name of ['', 'a<b', 'x\nauthor y', ' x', 'x.', '"x"'])
    await assert.rejects(commitOf({ ...question, author: { ...person, name }, committer: person }), {
      code: 'CLI_USAGE',
    });
  for (const wrong of ['', '\n', 'no end', 'x\0y\n'])
    await assert.rejects(commitOf({ ...question, message: wrong, author: person, committer: person }), {
      code: 'CLI_USAGE',
    });
});

test('a signature that is put in comes out again, and the payload is what was signed', async () => {
  const base = commitFiles(new Map([['a', { text: 'x\n', mode: '100644' }]]));
  const { payload } = await made(base, new Map([['a', 'y']]));
  const armored = '-----BEGIN SSH SIGNATURE-----\nabc\ndef\n-----END SSH SIGNATURE-----\n';
  const bytes = withSignature(payload, armored);
  const { signature } = parseCommit(bytes, objectId({ type: 'commit', bytes }));
  assert.deepEqual(signature?.payload, payload);
  assert.equal(signature?.armored.trimEnd(), armored.trimEnd());
});
