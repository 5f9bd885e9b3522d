/** Hooks of others: nothing is written outside the clone, nobody's is touched, each is still called. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type Ran, towline as run } from '../towline.ts';

describe('towline trust hooks', () => {
  let alice: SshKey;
  let place: string;
  let clone: string;
  let environment: Record<string, string>;
  before(async () => {
    alice = await makeSshKey('ed25519');
  });
  after(() => alice.remove());

  const gitIn = async (cwd: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, ...environment };
    return (await promisify(execFile)('git', args, { cwd, env })).stdout.trim();
  };
  const git = (...args: string[]): Promise<string> => gitIn(clone, ...args);
  const towline = (...args: string[]): Promise<Ran> => run(args, environment, clone);
  const inClone = (name: string) => path.join(clone, name);
  const message = (revision = 'HEAD') => git('log', '-1', '--format=%B', revision);

  /** A hook that says it was called, and with what. */
  async function hook(folder: string, name: string, more = ''): Promise<string> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} $(basename "$0") $#" >>'${place}/called'\n${more}`, {
      mode: 0o755,
    });
    return readFile(file, 'utf8');
  }
  const called = async () => (await readFile(path.join(place, 'called'), 'utf8').catch(() => '')).split('\n');

  beforeEach(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'tl-hooks-'));
    clone = path.join(place, 'clone');
    const global = path.join(place, 'gitconfig');
    environment = { GIT_CONFIG_GLOBAL: global, GIT_CONFIG_SYSTEM: '/dev/null', HOME: place };
    const settings = `[user]\n\tname = Alice\n\temail = a@example.com\n\tsigningkey = ${alice.file}\n`;
    await writeFile(global, `${settings}[gpg]\n\tformat = ssh\n[commit]\n\tgpgsign = true\n`);
    await gitIn(place, 'init', '-q', '-b', 'main', clone);
    const made = await towline('trust', 'init', '--fleet', 'acme', '--root', `alice=ssh:${alice.file}`);
    assert.equal(made.code, 0, made.errors);
    await git('add', '--all');
    await git('commit', '-q', '-m', 'First commit\n\nTowline-Ref: acme/main');
    await git('config', 'towline.anchor', await git('rev-parse', 'HEAD'));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  async function install(): Promise<Ran> {
    const ran = await towline('trust', 'hooks');
    assert.equal(ran.code, 0, ran.errors);
    return ran;
  }
  async function change(text: string): Promise<void> {
    await writeFile(inClone('a'), text);
    await git('add', 'a');
    await git('commit', '-q', '-m', `Change ${text}`);
  }

  test("a company's folder for all repositories is not written to; its hooks run, also later ones", async () => {
    const company = path.join(place, 'company');
    const text = await hook(company, 'commit-msg');
    await git('config', '--global', 'core.hooksPath', company);
    const told = await install();
    assert.match(told.output, /still called: .*company\/commit-msg/);
    assert.deepEqual(await readdir(company), ['commit-msg']);
    assert.equal(await readFile(path.join(company, 'commit-msg'), 'utf8'), text);
    await hook(company, 'pre-commit');
    await change('1');
    assert.match(await message(), /Towline-Ref: acme\/main$/);
    assert.deepEqual(await called(), ['pre-commit pre-commit 0', 'commit-msg commit-msg 1', '']);
    // Another repository of that person is left alone.
    const other = path.join(place, 'other');
    await gitIn(place, 'init', '-q', '-b', 'main', other);
    await gitIn(other, 'commit', '-q', '--allow-empty', '-m', 'Other');
    assert.equal(await gitIn(other, 'log', '-1', '--format=%B'), 'Other');
    // A hook that refuses still refuses.
    await hook(company, 'commit-msg', 'exit 7\n');
    await assert.rejects(change('2'));
    // Moved by the company: found where it is now.
    await rename(company, path.join(place, 'moved'));
    await git('config', '--global', 'core.hooksPath', path.join(place, 'moved'));
    await assert.rejects(change('3'));
  });

  test('hooks in the clone stay as they are and are called by their own path', async () => {
    const lfs = await hook(inClone('.git/hooks'), 'pre-push', 'cat >>"$(dirname "$0")/given"\n');
    const text = await hook(inClone('.git/hooks'), 'prepare-commit-msg');
    await install();
    await install();
    assert.equal(await readFile(inClone('.git/hooks/pre-push'), 'utf8'), lfs);
    assert.equal(await readFile(inClone('.git/hooks/prepare-commit-msg'), 'utf8'), text);
    await change('1');
    const bare = path.join(place, 'bare.git');
    await gitIn(place, 'init', '-q', '--bare', bare);
    await git('push', '-q', bare, 'HEAD:refs/heads/draft');
    assert.deepEqual(await called(), ['prepare-commit-msg prepare-commit-msg 2', 'pre-push pre-push 2', '']);
    assert.match(
      await readFile(inClone('.git/hooks/given'), 'utf8'),
      /^HEAD [0-9a-f]{40} refs\/heads\/draft /,
    );
  });

  test('a folder in the clone that the clone names itself, and a worktree', async () => {
    const husky = await hook(inClone('.husky/_'), 'commit-msg');
    await git('config', 'core.hooksPath', '.husky/_');
    await install();
    await install();
    assert.deepEqual(await readdir(inClone('.husky/_')), ['commit-msg']);
    assert.equal(await readFile(inClone('.husky/_/commit-msg'), 'utf8'), husky);
    await change('1');
    assert.deepEqual(await called(), ['commit-msg commit-msg 1', '']);
    assert.match(await message(), /Towline-Ref: acme\/main$/);
    const beside = path.join(place, 'beside');
    await git('worktree', 'add', '-q', '-b', 'draft', beside);
    await writeFile(path.join(beside, 'b'), '1');
    await gitIn(beside, 'add', 'b');
    await gitIn(beside, 'commit', '-q', '-m', 'Draft\n\nTowline-Ref: acme/main');
    assert.equal(await gitIn(beside, 'log', '-1', '--format=%B'), 'Draft');
  });

  test('links: a hook that is one, and a folder of hooks that is one', async () => {
    const company = path.join(place, 'company');
    const text = await hook(company, 'commit-msg');
    await rm(inClone('.git/hooks'), { recursive: true, force: true });
    await mkdir(inClone('.git/hooks'));
    await symlink(path.join(company, 'commit-msg'), inClone('.git/hooks/commit-msg'));
    await install();
    assert.equal(await readFile(path.join(company, 'commit-msg'), 'utf8'), text);
    assert.ok((await lstat(inClone('.git/hooks/commit-msg'))).isSymbolicLink());
    await change('1');
    assert.deepEqual(await called(), ['commit-msg commit-msg 1', '']);
    await git('config', '--unset', 'core.hooksPath');
    await rm(inClone('.git/hooks'), { recursive: true });
    await symlink(company, inClone('.git/hooks'));
    await install();
    assert.deepEqual(await readdir(company), ['commit-msg']);
    await change('2');
    assert.match(await message(), /Towline-Ref: acme\/main$/);
  });

  test('a clone that was moved is told again where to look', async () => {
    await hook(inClone('.git/hooks'), 'commit-msg');
    await install();
    await rename(clone, path.join(place, 'moved'));
    clone = path.join(place, 'moved');
    await install();
    await change('1');
    assert.match(await message(), /Towline-Ref: acme\/main$/);
    assert.deepEqual(await called(), ['commit-msg commit-msg 1', '']);
  });

  test('where nobody else has hooks they stand where git looks anyway', async () => {
    await install();
    assert.equal(await git('config', '--default', 'none', 'core.hooksPath'), 'none');
    await change('1');
    assert.match(await message(), /Towline-Ref: acme\/main$/);
  });

  test('git am, on main and on a draft', async () => {
    await install();
    await git('switch', '-q', '-c', 'draft');
    await change('1');
    const patch = path.join(place, 'patch');
    await writeFile(patch, `${await git('format-patch', '--stdout', '-1')}\n`);
    await git('switch', '-q', 'main');
    await git('am', '-q', patch);
    assert.equal(await message(), 'Change 1\n\nTowline-Ref: acme/main');
    await writeFile(patch, `${await git('format-patch', '--stdout', '-1')}\n`);
    await git('switch', '-q', '-c', 'other', 'main~1');
    await git('am', '-q', patch);
    assert.equal(await message(), 'Change 1');
  });

  /** Messages as people and tools write them, and settings that say otherwise. */
  const settings: readonly (readonly [name: string, value: string])[] = [
    ['trailer.where', 'start'],
    ['trailer.separators', '='],
    ['trailer.ifexists', 'doNothing'],
    ['trailer.ifmissing', 'doNothing'],
    ['trailer.towline-ref.key', 'Fleet= '],
    ['trailer.note.key', 'Note: '],
    ['trailer.note.command', 'echo evil'],
  ];
  const bodies: Readonly<Record<string, string>> = {
    plain: 'Subject',
    signed: 'Subject\n\nBody.\n\nSigned-off-by: A <a@a>',
    divider: 'Subject\n\nBody\n---\n file | 2 +-\n\nmore',
    dividerAtEnd: 'Subject\n\nSigned-off-by: A <a@a>\n---',
    picked: 'Subject\n\nSigned-off-by: A <a@a>\n(cherry picked from commit 0123456789)',
    mixed: 'Subject\n\nprose\nSigned-off-by: A <a@a>\nprose',
    hash: 'Subject\n\n#123: a number',
    named: 'Subject\n\nTowline-Ref : other/main\n\nBody\n\nTOWLINE-REF:x',
    folded: 'Subject\n\nKey: one\n two',
  };
  for (const walk of [1, 2])
    test(`whatever the message and the person's settings, devices read the trailer (walk ${walk})`, async () => {
      if (walk === 2) await git('config', 'core.commentChar', ';');
      const policy = await readFile(inClone('trust/policy.yaml'), 'utf8');
      const text = policy.replace(/^walk: .*\n/m, '').replace(/^(version: 1)$/m, `$1\nwalk: ${walk}`);
      await writeFile(inClone('trust/policy.yaml'), text);
      await git('commit', '-qa', '--amend', '--allow-empty', '-m', 'First\n\nTowline-Ref: acme/main');
      await git('config', 'towline.anchor', await git('rev-parse', 'HEAD'));
      await install();
      for (const [name, value] of settings) await git('config', '--global', name, value);
      for (const [name, body] of Object.entries(bodies)) {
        // What may be a comment that is kept, or one that is not, stands after the trailer: walk 1 does not look there.
        if (name === 'hash' && walk === 1) continue;
        for (const mode of ['whitespace', 'strip', 'verbatim'])
          await git(
            'commit',
            '-q',
            '--allow-empty',
            `--cleanup=${mode}`,
            '-m',
            `${body}\n\n${name}: ${mode}`,
          );
        await git('commit', '-q', '--allow-empty', '-m', body);
      }
      const picked = await git('rev-parse', 'HEAD~3');
      await git('switch', '-q', '-c', 'draft', 'HEAD~1');
      await change('1');
      await git('switch', '-q', 'main');
      await git('cherry-pick', '-x', 'draft');
      await git('cherry-pick', '-x', '--signoff', '--allow-empty', picked);
      await git('revert', '--no-edit', 'HEAD~1');
      await git('-c', 'core.editor=echo Edited >', 'commit', '-q', '--amend', '--allow-empty', '--verbose');
      const checked = await towline('trust', 'check');
      assert.equal(checked.code, 0, `${checked.output}${checked.errors}\n${await message()}`);
      assert.match(
        await message('HEAD~2'),
        /\n\(cherry picked from commit [0-9a-f]{40}\)\n+Towline-Ref: acme\/main$/,
      );
    });

  test('git knows the keys of the policy, and follows it: %G? is G', async () => {
    await install();
    await writeFile(inClone('note'), 'one');
    await git('add', '--all');
    await git('commit', '-q', '-m', 'A note');
    assert.equal(await git('log', '--format=%G? %GS'), 'G alice\nG alice');
    const bob = await makeSshKey('ed25519');
    try {
      const policy = await readFile(inClone('trust/policy.yaml'), 'utf8');
      const theirs = `principals:\n  bob: { ssh: ["${bob.publicKey}"] }\n`;
      await writeFile(inClone('trust/policy.yaml'), policy.replace('principals:\n', theirs));
      await git('commit', '-q', '-a', '-m', 'Bob is one of us');
      await git('-c', `user.signingkey=${bob.file}`, 'commit', '-q', '--allow-empty', '-m', 'Hello');
      assert.equal(await git('log', '-2', '--format=%G? %GS'), 'G bob\nG alice');
    } finally {
      await bob.remove();
    }
    await git('config', '--local', 'gpg.ssh.allowedSignersFile', path.join(place, 'mine'));
    await install();
    assert.equal(
      await git('config', 'gpg.ssh.allowedSignersFile'),
      path.join(place, 'mine'),
      'a person says so',
    );
  });
});
