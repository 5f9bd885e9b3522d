/** What a gateway or a malicious pull request may put into objects. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ObjectSource } from '../../../core/trust/git/object-source.ts';
import { openAnchor, walk } from '../../../core/trust/walk.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { walkFrom } from '../../rig/trust-walk.ts';

const signal = new AbortController().signal;

describe('hostile objects', () => {
  let alice: SshKey;
  let made: FleetRepository;
  let trust: string;
  let repository: FleetRepository;
  let anchor: string;
  before(async () => {
    alice = await makeSshKey();
    const files = { 'apps/web/a': '1' };
    ({ repository: made, anchor } = await makeFleetRepository({ signer: alice, files }));
    trust = await made.git(['rev-parse', `${anchor}:trust`]);
  });
  after(async () => {
    await made.remove();
    await alice.remove();
  });
  beforeEach(async () => {
    repository = await made.copy();
  });
  afterEach(() => repository.remove());

  const stoppedAt = async (head: string): Promise<string | undefined> =>
    (await walkFrom(repository, anchor).walk(head)).stopped?.code;

  /** A commit, signed by alice, whose root tree has these raw entries beside `trust`. */
  async function withEntries(...entries: readonly [mode: string, name: string | Buffer][]): Promise<string> {
    const blob = await repository.store('blob', 'x');
    const place = entries.findIndex(([, name]) => (Buffer.from(name)[0] ?? 0) > 't'.charCodeAt(0));
    const all = entries.map(([mode, name]) => [mode, name, blob] as const);
    const raw = all
      .toSpliced(place < 0 ? all.length : place, 0, ['40000', 'trust', trust])
      .map(([mode, name, id]) =>
        Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.of(0), Buffer.from(id, 'hex')]),
      );
    const tree = await repository.store('tree', Buffer.concat(raw));
    return repository.commit({ parents: [anchor], signer: alice, tree, branch: null });
  }

  const trees: readonly [name: string, reason: RegExp, entries: [string, string | Buffer][]][] = [
    ['a symbolic link', /symbolic link/, [['120000', 'link']]],
    ['a submodule', /submodule/, [['160000', 'module']]],
    ['a group-writable file', /mode "100664"/, [['100664', 'file']]],
    ['a mode with a leading zero', /mode "0100644"/, [['0100644', 'file']]],
    ['the name ..', /name "\.\."/, [['100644', '..']]],
    ['the name .git', /name "\.git"/, [['100644', '.git']]],
    ['the name .GIT', /name "\.GIT"/, [['100644', '.GIT']]],
    ['the short name of .git', /git~1/, [['100644', 'git~1']]],
    ['a slash in a name', /slash/, [['100644', 'a/b']]],
    ['a backslash in a name', /slash/, [['100644', 'a\\b']]],
    ['an empty name', /empty name/, [['100644', '']]],
    [
      'a name twice',
      /twice/,
      [
        ['100644', 'a'],
        ['100644', 'a'],
      ],
    ],
    [
      'names out of order',
      /out of git's order/,
      [
        ['100644', 'b'],
        ['100644', 'a'],
      ],
    ],
    [
      'names that differ by case',
      /but for case/,
      [
        ['100644', 'A'],
        ['100644', 'a'],
      ],
    ],
    [
      'names that differ by case beyond ASCII',
      /but for case/,
      [
        ['100644', 'É'],
        ['100644', 'é'],
      ],
    ],
    ['another Unicode form', /NFC/, [['100644', 'e\u0301']]],
    ['a control character', /control/, [['100644', 'a\u001b[2J']]],
    ['a newline', /control/, [['100644', 'a\nb']]],
    ['a character that turns the text around', /invisible/, [['100644', 'a\u202eb']]],
    ['an invisible character', /invisible/, [['100644', 'a\u200bb']]],
    ['bytes that are not UTF-8', /not UTF-8/, [['100644', Buffer.from([0x61, 0xff])]]],
    ['a name of 300 bytes', /300 bytes/, [['100644', 'a'.repeat(300)]]],
  ];
  for (const [name, reason, entries] of trees) {
    test(`a tree with ${name} is refused, whoever signs`, async () => {
      const head = await withEntries(...entries);
      const { stopped } = await walkFrom(repository, anchor).walk(head);
      assert.equal(stopped?.code, 'TRUST_MALFORMED_OBJECT');
      assert.match(stopped?.message ?? '', reason);
    });
  }

  test('names that are merely unusual are taken', async () => {
    const head = await withEntries(
      ['100644', '.gitattributes'],
      ['100644', 'a b'],
      ['100644', 'é'],
      ['100644', '日本'],
    );
    assert.equal(await stoppedAt(head), undefined);
  });

  test('main that points to a tag is refused', async () => {
    const commit = await repository.commit({ signer: alice, files: { 'apps/web/a': '2' }, branch: null });
    const tag = await repository.store(
      'tag',
      `object ${commit}\ntype commit\ntag v1\ntagger a <a@a> 1 +0000\n\nx\n`,
    );
    assert.equal(await stoppedAt(tag), 'TRUST_NOT_A_COMMIT');
  });

  test('a replace ref shows nobody another commit', async () => {
    const good = await repository.commit({ signer: alice, files: { 'apps/web/a': '2' }, branch: null });
    const evil = await repository.commit({ files: { 'apps/web/a': 'evil' }, branch: null });
    await repository.git(['replace', evil, good]);
    assert.equal(await stoppedAt(evil), 'TRUST_UNSIGNED');
    await repository.git(['replace', good, evil]);
    assert.equal(await stoppedAt(good), undefined);
  });

  test('a file over the limit is refused before it is read', async () => {
    const head = await repository.commit({
      signer: alice,
      files: { 'apps/web/huge': Buffer.alloc(2_000_000) },
    });
    await using source = new GitCatFileSource(repository.path);
    const reader = new ObjectReader(source);
    await assert.rejects(reader.fileAt(head, 'apps/web/huge', 1_000_000), { code: 'TRUST_LIMIT' });
    assert.equal((await reader.fileAt(head, 'apps/web/a', 10))?.bytes.length, 1);
  });

  test('limits on objects, bytes, paths and folders end in one code', async () => {
    const deep = await repository.commit({ signer: alice, files: { [`${'d/'.repeat(40)}f`]: 'x' } });
    assert.equal(await stoppedAt(deep), 'TRUST_LIMIT');
    const files = Object.fromEntries([1, 2, 3, 4].map(n => [`apps/f${n}`, 'x']));
    const wide = await repository.commit({ parents: [anchor], signer: alice, files });
    for (const limits of [{ maxChangedPaths: 3 }, { maxObjects: 6 }, { maxTotalBytes: 2_000 }]) {
      const result = await walkFrom(repository, anchor, limits).walk(wide);
      assert.equal(result.stopped?.code, 'TRUST_LIMIT', JSON.stringify(limits));
      assert.equal(result.trusted.commit, anchor);
    }
  });

  test('bytes that do not give the id are an error, not a verdict', async () => {
    const head = await repository.commit({ signer: alice, files: { 'apps/web/a': '2' } });
    await using git = new GitCatFileSource(repository.path);
    const lying: ObjectSource = {
      read: async id => {
        const object = await git.read(id);
        if (object === undefined || id !== head) return object;
        return {
          type: object.type,
          bytes: Buffer.from(
            Buffer.from(object.bytes).toString('latin1').replace('Change', 'Chance'),
            'latin1',
          ),
        };
      },
    };
    const trusted = await openAnchor(new ObjectReader(git), anchor);
    await assert.rejects(walk({ reader: new ObjectReader(lying), trusted, head, signal }), {
      code: 'TRUST_OBJECT_HASH',
    });
  });

  test('a missing object is an error that asks for another fetch', async () => {
    const trusted = await (async () => {
      await using git = new GitCatFileSource(repository.path);
      return await openAnchor(new ObjectReader(git), anchor);
    })();
    await using git = new GitCatFileSource(repository.path);
    const head = 'f'.repeat(40);
    await assert.rejects(walk({ reader: new ObjectReader(git), trusted, head, signal }), {
      code: 'TRUST_OBJECT_MISSING',
    });
  });

  test('an aborted walk ends with the reason', async () => {
    const head = await repository.commit({ signer: alice, files: { 'apps/web/a': '2' } });
    await using git = new GitCatFileSource(repository.path);
    const trusted = await openAnchor(new ObjectReader(git), anchor);
    const reason = new Error('stop');
    await assert.rejects(
      walk({ reader: new ObjectReader(git), trusted, head, signal: AbortSignal.abort(reason) }),
      reason,
    );
  });

  test('a folder without a repository is a clear error', async () => {
    await using git = new GitCatFileSource('/nowhere');
    await assert.rejects(git.read(anchor), { code: 'TRUST_OBJECT_SOURCE' });
  });

  test('a long history is walked in batches', async () => {
    for (let n = 0; n < 7; n += 1)
      await repository.commit({ signer: alice, files: { 'apps/web/a': `v${n}` } });
    const small = walkFrom(repository, anchor, { maxBatchCommits: 3 });
    const first = await small.walk();
    assert.equal(first.more, true);
    assert.equal(first.accepted.length, 3);
    const second = await small.walk(undefined, first.trusted);
    const third = await small.walk(undefined, second.trusted);
    assert.equal(third.more, undefined);
    assert.equal(third.trusted.commit, await repository.head());
  });
});

describe('hostile commits', () => {
  let alice: GpgKey;
  let repository: FleetRepository;
  let anchor: string;
  let good: string;
  before(async () => {
    alice = await makeGpgKey({ name: 'alice' });
    ({ repository, anchor } = await makeFleetRepository({ signer: alice, files: { 'apps/web/a': '1' } }));
    good = await repository.commit({ signer: alice, files: { 'apps/web/a': '2' }, branch: null });
  });
  after(async () => {
    await repository.remove();
    await alice.remove();
  });

  /** Rewrites the raw bytes of a commit that alice signed. */
  async function rewritten(change: (raw: string) => string): Promise<string> {
    const raw = Buffer.from((await repository.read(good))?.bytes ?? '').toString('latin1');
    return repository.store('commit', Buffer.from(change(raw), 'latin1'));
  }

  const commits: readonly [name: string, code: string, change: (raw: string) => string][] = [
    [
      'a gpgsigx header that hides another author',
      'TRUST_MALFORMED_OBJECT',
      raw =>
        raw
          .replace(/^author .*$/m, 'author Evil <e@e> 1 +0000')
          .replace('gpgsig ', `gpgsigx ${/^author .*$/m.exec(raw)?.[0]}\ngpgsig `),
    ],
    ['gpgsigx in the place of gpgsig', 'TRUST_MALFORMED_OBJECT', raw => raw.replace('gpgsig ', 'gpgsigx ')],
    ['two signatures', 'TRUST_MALFORMED_OBJECT', raw => raw.replace(/(gpgsig (?:.*\n )*.*\n)/, '$1$1')],
    ['two authors', 'TRUST_MALFORMED_OBJECT', raw => raw.replace(/^(author .*\n)/m, '$1$1')],
    ['two trees', 'TRUST_MALFORMED_OBJECT', raw => raw.replace(/^(tree .*\n)/m, '$1$1')],
    ['a NUL in the message', 'TRUST_MALFORMED_OBJECT', raw => `${raw}\0hidden`],
    ['a header of another tool', 'TRUST_COMMIT_HEADER', raw => raw.replace('gpgsig ', 'evil yes\ngpgsig ')],
    [
      'a header after the signature',
      'TRUST_MALFORMED_OBJECT',
      raw => raw.replace('\n\n', '\nencoding latin1\n\n'),
    ],
    ['another message', 'TRUST_BAD_SIGNATURE', raw => raw.replace('\n\nChange', '\n\nHarmless')],
    ['something before the armor', 'TRUST_SIGNATURE_FORMAT', raw => raw.replace('gpgsig ', 'gpgsig evil\n ')],
    ['another armor', 'TRUST_SIGNATURE_FORMAT', raw => raw.replaceAll('PGP SIGNATURE', 'PGP MESSAGE')],
    ['a damaged checksum', 'TRUST_SIGNATURE_FORMAT', raw => raw.replace(/\n =..../, '\n =AAAA')],
  ];
  for (const [name, code, change] of commits) {
    test(`a commit with ${name} is refused`, async () => {
      const { stopped } = await walkFrom(repository, anchor).walk(await rewritten(change));
      assert.equal(stopped?.code, code);
    });
  }
});
