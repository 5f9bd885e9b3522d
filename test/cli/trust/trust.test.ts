/** The verbs of trust, as people and scripts run them, on working trees with stock git. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type Ran, towline as run } from '../towline.ts';

describe('towline trust', () => {
  let alice: SshKey;
  let bot: SshKey;
  let folder: string;
  /** A repository with its first commit and its hooks: each test has a copy. */
  let made: string;
  before(async () => {
    [alice, bot] = [await makeSshKey('ed25519'), await makeSshKey('ed25519')];
    await makeOne();
  });
  after(async () => {
    await rm(made, { recursive: true, force: true });
    await alice.remove();
    await bot.remove();
  });

  const git = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    return (await promisify(execFile)('git', args, { cwd: folder, env })).stdout.trim();
  };
  const towline = (...args: string[]): Promise<Ran> => run(args, {}, folder);
  const write = (file: string, content: string): Promise<void> => writeFile(join(folder, file), content);
  const unsigned = ['-c', 'commit.gpgsign=false', '-c', 'core.hooksPath=/dev/null'];

  async function commit(file: string, content: string): Promise<string> {
    await write(file, content);
    await git('add', '--all');
    await git('commit', '-q', '-m', `Change ${file}`);
    return git('rev-parse', 'HEAD');
  }

  async function makeOne(): Promise<void> {
    made = await mkdtemp(join(tmpdir(), 'tl-cli-'));
    folder = made;
    await git('init', '-q', '-b', 'main');
    for (const [name, value] of [
      ['user.name', 'Alice'],
      ['user.email', 'a@example.com'],
      ['gpg.format', 'ssh'],
      ['user.signingkey', alice.file],
      ['commit.gpgsign', 'true'],
    ]) {
      await git('config', String(name), String(value));
    }
    const begun = await towline('trust', 'init', '--fleet', 'acme', '--root', `alice=ssh:${alice.file}`);
    assert.equal(begun.code, 0, begun.errors);
    await git('add', '--all');
    await git('commit', '-q', '-m', 'First commit');
    const hooks = await towline('trust', 'hooks', '--anchor', 'HEAD');
    assert.equal(hooks.code, 0, hooks.errors);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tl-cli-'));
    await cp(made, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const check = async (...args: string[]) => {
    const { code, output, errors } = await towline('trust', 'check', '--json', ...args);
    return { code, errors, result: output === '' ? undefined : JSON.parse(output) };
  };

  test('check: 0 when the head is trusted, 3 when the walk stops, 2 when the question is wrong', async () => {
    const good = await commit('a', '1');
    const trusted = await check('--now', 'now');
    assert.deepEqual([trusted.code, trusted.result.trusted, trusted.result.stopped], [0, good, null]);
    await write('a', '2');
    await git(...unsigned, 'commit', '-qam', 'evil');
    const stopped = await check();
    assert.equal(stopped.code, 3);
    const { code, path, missing } = stopped.result.stopped;
    assert.deepEqual(
      [stopped.result.trusted, code, path, missing],
      [good, 'TRUST_UNSIGNED', 'a', ['1 more of root (alice)']],
    );
    for (const args of [
      ['--anchor', 'nothing'],
      ['--repo', '/nowhere'],
      ['--head', 'nothing'],
      ['--now', 'soon'],
      ['--evil'],
    ]) {
      assert.equal((await check(...args)).code, 2, args.join(' '));
    }
  });

  test('check --now refuses times in the future, which devices cannot', async () => {
    await commit('a', '1');
    assert.equal((await check('--now', '2001-01-01T00:00:00Z')).result.stopped.code, 'TRUST_TIME_FUTURE');
  });

  describe('a date that lies ahead of this machine', () => {
    let programs: string;
    const keeper = (answer: string): Promise<void> =>
      writeFile(join(programs, 'timedatectl'), `#!/bin/sh\necho ${answer}\n`, { mode: 0o755 });
    const towlineWith = (...args: string[]): Promise<Ran> =>
      run(args, { PATH: `${programs}:${process.env.PATH}` }, folder);
    const commitAhead = async (): Promise<string> => {
      const date = `${Math.floor(Date.now() / 1000) + 3600} +0000`;
      const env = { ...process.env, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: '/dev/null' };
      await promisify(execFile)('git', ['commit', '-q', '--allow-empty', '-m', 'Ahead'], {
        cwd: folder,
        env,
      });
      return git('rev-parse', 'HEAD');
    };
    beforeEach(async () => {
      programs = await mkdtemp(join(tmpdir(), 'tl-clock-'));
    });
    afterEach(() => rm(programs, { recursive: true, force: true }));

    test('is refused where a time server keeps the clock, and only pointed out where none does', async () => {
      const ahead = await commitAhead();
      await keeper('yes');
      const refused = await towlineWith('trust', 'check', '--json');
      assert.equal(refused.code, 3, refused.errors);
      assert.equal(JSON.parse(refused.output).stopped.code, 'TRUST_TIME_FUTURE');
      await keeper('no');
      const warned = await towlineWith('trust', 'check', '--json');
      assert.equal(JSON.parse(warned.output).trusted, ahead);
      assert.match(warned.errors, /^warning: signed time .* no time server keeps/);
    });

    test('is not refused any more once everybody has it', async () => {
      await keeper('yes');
      const ahead = await commitAhead();
      await git('update-ref', 'refs/remotes/origin/main', ahead);
      const { code, output } = await towlineWith('trust', 'check', '--json');
      assert.deepEqual([code, JSON.parse(output).trusted], [0, ahead]);
      assert.equal(JSON.parse(output).steps, 1);
    });
  });

  test('the hook writes the trailer on main and takes it from drafts', async () => {
    await commit('a', '1');
    assert.match(await git('log', '-1', '--format=%B'), /\n\nTowline-Ref: acme\/main$/);
    await git('switch', '-q', '-c', 'draft');
    await commit('a', '2');
    assert.doesNotMatch(await git('log', '-1', '--format=%B'), /Towline-Ref/);
    await git('branch', '-f', 'main', 'draft');
    assert.equal((await check()).result.stopped.code, 'TRUST_NOT_FOR_MAIN');
  });

  const buttons: Readonly<Record<string, () => Promise<unknown>>> = {
    'merge commit': () => git(...unsigned, 'merge', '-q', '--no-ff', '--no-edit', 'feature'),
    squash: async () => {
      await git(...unsigned, 'merge', '-q', '--squash', 'feature');
      await git(...unsigned, 'commit', '-qm', 'Squashed (#1)');
    },
    rebase: () => git(...unsigned, 'cherry-pick', '--no-gpg-sign', 'main..feature'),
  };
  for (const [name, press] of Object.entries(buttons)) {
    test(`approve, then the button "${name}", after main has moved on`, async () => {
      await commit('a', '1');
      await git('switch', '-q', '-c', 'feature');
      await commit('b', '1');
      await commit('b', '2');
      // A rebase button would take the first approval with the commits before it: there, approve once, at the end.
      const early = name !== 'rebase';
      if (early) {
        const first = await towline('approve', '--base', 'main');
        assert.equal(first.code, 0, first.errors);
        await git('commit', '-q', '-m', 'Approve');
      }
      await commit('b', '3');
      const again = await towline('approve', '--base', 'main', '--refresh', '--json');
      assert.equal(again.code, 0, again.errors);
      const { paths, removed } = JSON.parse(again.output);
      assert.deepEqual([paths, removed.length], [['b'], early ? 1 : 0]);
      await git('commit', '-q', '-m', 'Approve again');
      await git('switch', '-q', 'main');
      await commit('c', 'main has moved');
      await press();
      const checked = await check();
      assert.equal(checked.code, 0, JSON.stringify(checked.result));
      assert.equal(checked.result.trusted, await git('rev-parse', 'main'));
    });
  }

  test('explain says which rule decides and how to mend; mend gets past and keeps what is stated', async () => {
    await commit('a', 'good');
    await write('a', 'evil');
    await git(...unsigned, 'commit', '-qam', 'evil');
    await commit('b', 'on top');
    const explained = await towline('trust', 'explain', 'HEAD');
    assert.equal(explained.code, 3);
    assert.match(explained.output, /a +no rule: root +1 of root +no: 1 more of root \(alice\)/);
    assert.match(explained.output, /towline trust mend/);
    const before = await git('rev-parse', 'HEAD');
    const mended = await towline('trust', 'mend', '--json');
    assert.equal(mended.code, 0, mended.errors);
    assert.equal(JSON.parse(mended.output).past, before);
    assert.equal(await git('show', 'main:a'), 'good');
    assert.equal(await git('status', '--porcelain'), '');
    assert.equal(await git('merge-base', '--is-ancestor', before, 'main'), '');
    assert.equal((await check()).code, 0);
    assert.match((await towline('trust', 'mend')).output, /nothing to mend/);
    assert.equal((await towline('trust', 'explain', 'HEAD')).code, 0);
  });

  test('mend after git pull made a merge: main keeps both sides when told so', async () => {
    const trusted = await commit('a', '1');
    await git('switch', '-q', '-c', 'mine', 'HEAD~1');
    await commit('b', '1');
    await git('merge', '-q', '--no-edit', 'main');
    await git('branch', '-f', 'main', 'mine');
    assert.equal((await check('--anchor', trusted)).result.stopped.code, 'TRUST_OFF_THE_LINE');
    await git('switch', '-q', 'main');
    const mended = await towline('trust', 'mend', '--anchor', trusted, '--tree', 'HEAD');
    assert.equal(mended.code, 0, mended.errors + mended.output);
    assert.equal((await check('--anchor', trusted)).code, 0);
    assert.equal(await git('show', 'main:b'), '1');
  });

  test('mend by somebody who may not changes nothing', async () => {
    await commit('a', '1');
    await write('a', '2');
    await git(...unsigned, 'commit', '-qam', 'evil');
    const before = await git('rev-parse', 'main');
    const refused = await towline('trust', 'mend', '--key', bot.file);
    assert.equal(refused.code, 3, refused.errors);
    assert.match(refused.output, /TRUST_EMPTY_STEP|TRUST_UNKNOWN_KEY/);
    assert.equal(await git('rev-parse', 'main'), before);
  });

  test('the runbook for a lone root who changes keys works as written', async () => {
    await git('switch', '-q', '-c', 'rotate');
    const policy = await readFile(join(folder, 'trust/policy.yaml'), 'utf8');
    const line = policy.split('\n').find(text => text.includes('ssh-')) ?? '';
    const added = `${line}\n${line.replace(/ssh-.*$/, bot.publicKey)}`;
    await commit('trust/policy.yaml', policy.replace('version: 1', 'version: 2').replace(line, added));
    const old = await towline('approve', '--base', 'main');
    assert.equal(old.code, 0, old.errors);
    const fresh = await towline('approve', '--base', 'main', '--key', bot.file, '--json');
    assert.equal(JSON.parse(fresh.output).principal, 'alice', fresh.errors);
    await git('commit', '-q', '-m', 'Approve');
    await git('switch', '-q', 'main');
    await git(...unsigned, 'merge', '-q', '--no-ff', '--no-edit', 'rotate');
    assert.equal((await check()).result.stopped, null);
    await git('config', 'user.signingkey', bot.file);
    const signed = await commit('a', 'with the new key');
    assert.equal((await check()).result.trusted, signed);
  });

  test('timestamp stamps what the walk accepts, and check then knows freshness', async () => {
    const text = await readFile(join(folder, 'trust/policy.yaml'), 'utf8');
    const policy = text
      .replace('version: 1', 'version: 2')
      .replace('principals:\n', `principals:\n  bot: { ssh: ["${bot.publicKey}"] }\n`)

      .replace('roles:\n', 'roles:\n  timestamp: { principals: [bot] }\n');
    await commit('trust/policy.yaml', policy);
    const gateway = `{ address: "g:1", tlsPins: ["sha256:${'A'.repeat(43)}="] }`;
    const head = await commit(
      'fleet.yaml',
      `apiVersion: towline/v1\nname: acme\ngateways: [${gateway}]\nfreshness: { maxAge: 2h }\n`,
    );
    assert.equal((await check('--now', 'now')).result.freshness.stale, true);
    const stamped = await towline('timestamp', '--key', bot.file, '--json');
    assert.equal(stamped.code, 0, stamped.errors);
    assert.equal(JSON.parse(stamped.output).head, head);
    assert.equal((await check('--now', 'now')).result.freshness.stale, false);
    const later = String(Math.floor(Date.now() / 1000) + 3 * 3600);
    assert.equal((await check('--now', later)).result.freshness.stale, true);
    const wrong = await towline('timestamp', '--key', alice.file);
    assert.equal(wrong.code, 1);
    assert.match(wrong.errors, /TRUST_TIMESTAMP/);
  });

  test('check refuses a merge that puts what the newest timestamp names behind its second parent; a mend of it is taken', async () => {
    const text = await readFile(join(folder, 'trust/policy.yaml'), 'utf8');
    const policy = text
      .replace('version: 1', 'version: 2')
      .replace('principals:\n', `principals:\n  bot: { ssh: ["${bot.publicKey}"] }\n`)
      .replace('roles:\n', 'roles:\n  timestamp: { principals: [bot] }\n');
    const base = await commit('trust/policy.yaml', policy);
    const stamped = await commit('a', 'what devices follow');
    assert.equal((await towline('timestamp', '--key', bot.file)).code, 0);
    assert.equal((await check('--head', base)).code, 0, 'an older commit is on the line, too');
    await git('reset', '-q', '--hard', base);
    await commit('b', 'own');
    assert.equal((await check()).result.stopped.code, 'TRUST_OFF_THE_LINE');
    await git('merge', '-q', '--no-ff', '--no-edit', stamped);
    const { code, result } = await check();
    assert.deepEqual([code, result.stopped.code, result.ok], [3, 'TRUST_OFF_THE_LINE', false]);
    assert.match(result.stopped.message, new RegExp(`newest timestamp names ${stamped}`));
    const pulled = await git('rev-parse', 'HEAD');
    await git('update-ref', 'refs/remotes/origin/main', stamped);
    const mended = await towline('trust', 'mend', '--tree', 'HEAD');
    assert.equal(mended.code, 0, mended.errors);
    assert.equal(await git('log', '-1', '--format=%P'), `${stamped} ${pulled}`);
    assert.equal((await check()).code, 0);
  });
});

describe('towline trust init with gpg', () => {
  let pgp: GpgKey;
  before(async () => {
    pgp = await makeGpgKey({ name: 'alice' });
  });
  after(() => pgp.remove());

  test('writes a policy with an exported key that walks; approves with gpg; refuses a second policy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tl-cli-'));
    const environment = { ...pgp.environment };
    const env = {
      ...process.env,
      ...environment,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    const git = async (...args: string[]) => promisify(execFile)('git', args, { cwd: folder, env });
    await git('init', '-q', '-b', 'main');
    for (const [name, value] of [
      ['user.name', 'A'],
      ['user.email', 'a@example.com'],
      ['user.signingkey', pgp.fingerprint],
      ['commit.gpgsign', 'true'],
    ]) {
      await git('config', String(name), String(value));
    }
    const init = ['trust', 'init', '--fleet', 'acme', '--root', `alice=gpg:${pgp.fingerprint}`];
    const made = await run(init, environment, folder);
    assert.equal(made.code, 0, made.errors);
    assert.match((await run(init, environment, folder)).errors, /CLI_FILE_EXISTS/);
    await git('add', '--all');
    await git('commit', '-q', '-m', 'First');
    await git('config', 'towline.anchor', 'HEAD');
    await git('switch', '-q', '-c', 'feature');
    await writeFile(join(folder, 'a'), '1');
    await git('add', '--all');
    await git('commit', '-q', '-m', 'Change');
    const approved = await run(['approve', '--base', 'main', '--anchor', 'main'], environment, folder);
    assert.equal(approved.code, 0, approved.errors);
    await git('commit', '-q', '-m', 'Approve');
    const anchor = (await git('rev-parse', 'main')).stdout.trim();
    await git('switch', '-q', 'main');
    await git('-c', 'commit.gpgsign=false', 'merge', '-q', '--no-ff', '--no-edit', 'feature');
    const checked = await run(['trust', 'check', '--anchor', anchor], environment, folder);
    assert.equal(checked.code, 0, checked.output);
    await rm(folder, { recursive: true, force: true });
  });
});
