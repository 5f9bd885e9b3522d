/** Headers that git does not write: signed like the rest, taken from walk 2 on, bounded; before it refused in so many words. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor, walk } from '../../../core/trust/walk.ts';
import { assertMayBeMain } from '../../../gateway/git/main-door.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const key = new MemoryKey();
const signal = new AbortController().signal;
const timeSec = 1_700_000_000;
const policy = (atWalk: number) =>
  [
    'apiVersion: towline/v1',
    'fleet: f',
    'version: 1',
    ...(atWalk === 1 ? [] : [`walk: ${atWalk}`]),
    'principals:',
    `  alice: { ssh: ["${key.publicKey}"] }`,
    'roles: { root: { principals: [alice] } }',
    '',
  ].join('\n');

function fleetOf(atWalk: number) {
  const repository = new MemoryRepository();
  const signed = (parents: readonly string[], extra: string, file: string) =>
    repository.commit({
      files: new Map([
        ['trust/policy.yaml', policy(atWalk)],
        ['a', file],
      ]),
      parents,
      message: 'x\n\nTowline-Ref: f/main\n',
      timeSec,
      signer: key,
      extra,
    });
  const anchor = signed([], '', '1');
  const judge = async (head: string) => {
    const trusted = await openAnchor(new ObjectReader(repository), anchor);
    return (await walk({ reader: new ObjectReader(repository), trusted, head, signal })).stopped;
  };
  return { repository, signed, anchor, judge };
}

const taken: Readonly<Record<string, string>> = {
  'Jujutsu’s change': 'change-id mlqnqnkrxpuvuuxzlzoltostwlwyskpx\n',
  'Jujutsu’s conflict': `jj:trees ${'0123456789abcdef0123456789abcdef01234567 '.repeat(3).trim()}\nchange-id x\n`,
  GitButler: 'gitbutler-headers-version 2\ngitbutler-change-id 6d1f4b9a-1f2c\n',
  'hg-git, over several lines': 'HG:extra rebase_source:0123\n amend_source:4567\nHG:rename a:b\n',
  'with an encoding': 'encoding UTF-8\nchange-id x\n',
  'of 8 KiB': `long ${'x'.repeat(8000)}\n`,
};
const refused: readonly [name: string, extra: string, message: RegExp][] = [
  ['more than sixteen', 'x 1\n'.repeat(17), /17 headers/],
  ['longer than 8 KiB', `long ${'x'.repeat(9000)}\n`, /of 9006 bytes/],
  ['what git leaves out of the signed bytes', 'gpgsig-sha256 x\n', /which is none/],
  ['what looks like a signature', 'gpgsigx x\n', /which is none/],
  ['an author again', 'author Evil <e@e> 1 +0000\n', /author/],
  ['an author in capitals', 'Author Evil <e@e> 1 +0000\n', /which is none/],
  ['a parent', 'parent 0123456789abcdef0123456789abcdef01234567\n', /parent/],
  ['a name that is not ASCII', 'chänge x\n', /which is none/],
  ['a name without a value', 'change-id\n', /without a value/],
];

describe('a commit with headers of other tools', () => {
  for (const [name, extra] of Object.entries(taken))
    test(`${name}: taken at walk 2, at walk 1 refused as what it is`, async () => {
      const [one, two] = [fleetOf(1), fleetOf(2)];
      assert.equal(await two.judge(two.signed([two.anchor], extra, '2')), undefined);
      const stopped = await one.judge(one.signed([one.anchor], extra, '2'));
      assert.equal(stopped?.code, 'TRUST_COMMIT_HEADER');
    });

  for (const [name, extra, message] of refused)
    test(`${name}: refused at every walk`, async () => {
      for (const atWalk of [1, 2]) {
        const fleet = fleetOf(atWalk);
        const stopped = await fleet.judge(fleet.signed([fleet.anchor], extra, '2'));
        assert.equal(stopped?.code, 'TRUST_MALFORMED_OBJECT');
        assert.match(stopped?.message ?? '', message);
      }
    });

  test('the refusal names the tool and its setting', async () => {
    const fleet = fleetOf(1);
    const stopped = await fleet.judge(fleet.signed([fleet.anchor], 'change-id x\n', '2'));
    assert.match(stopped?.message ?? '', /"change-id" \(Jujutsu .*`git\.write-change-id-header`/);
  });

  test('the header is signed: another value, or one added afterwards, is a bad signature', async () => {
    const { repository, signed, anchor, judge } = fleetOf(2);
    for (const [extra, change] of [
      ['change-id x\n', (raw: string) => raw.replace('change-id x', 'change-id y')],
      ['', (raw: string) => raw.replace('gpgsig ', 'change-id y\ngpgsig ')],
      ['', (raw: string) => raw.replace('\n\nx', '\nchange-id y\n\nx')],
    ] as const) {
      const good = await repository.read(signed([anchor], extra, '2'));
      const evil = repository.store('commit', change(Buffer.from(good?.bytes ?? []).toString()));
      assert.equal((await judge(evil))?.code, 'TRUST_BAD_SIGNATURE');
    }
  });

  test('an anchor is judged by its own policy', async () => {
    for (const atWalk of [1, 2]) {
      const { repository, signed } = fleetOf(atWalk);
      const opened = openAnchor(new ObjectReader(repository), signed([], 'change-id x\n', '1'));
      if (atWalk === 2) await opened;
      else await assert.rejects(opened, { code: 'TRUST_COMMIT_HEADER' });
    }
  });

  test('the gateway refuses the push at walk 1, and takes the mend, and what is on main already', async () => {
    const { repository, signed, anchor } = fleetOf(1);
    const trusted = await openAnchor(new ObjectReader(repository), anchor);
    const bad = signed([anchor], 'change-id x\n', '2');
    const ask = (tip: string) =>
      assertMayBeMain({ source: repository, trusted, main: anchor, tip, keptSec: undefined, signal });
    await assert.rejects(ask(bad), {
      code: 'TRUST_COMMIT_HEADER',
      message: /Jujutsu/,
      remedy: /jj config set/,
    });
    assert.equal(await ask(signed([anchor, bad], '', '2')), 'same');
    const second = fleetOf(2);
    const state = await openAnchor(new ObjectReader(second.repository), second.anchor);
    const tip = second.signed([second.anchor], 'change-id x\n', '2');
    const question = { source: second.repository, trusted: state, main: second.anchor, tip };
    assert.equal(await assertMayBeMain({ ...question, keptSec: undefined, signal }), 'same');
  });

  test('what is taken here is what git calls good', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-extra-'));
    const git = async (args: readonly string[]) => promisify(execFile)('git', args, { cwd: folder });
    try {
      await git(['init', '-q', '--bare', '.']);
      await writeFile(path.join(folder, 'signers'), `* ${key.publicKey}\n`);
      const { repository, signed, anchor } = fleetOf(2);
      for (const [name, extra] of Object.entries(taken)) {
        const object = await repository.read(signed([anchor], extra, '2'));
        await writeFile(path.join(folder, 'commit'), object?.bytes ?? '');
        const stored = await git(['hash-object', '-t', 'commit', '--literally', '-w', 'commit']);
        const args = ['-c', 'gpg.ssh.allowedSignersFile=signers', 'verify-commit', stored.stdout.trim()];
        assert.match((await git(args)).stderr, /Good "git" signature/, name);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
