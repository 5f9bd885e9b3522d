import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { collectAnswers } from '../../../cli/init/answers.ts';
import { proposedKey } from '../../../cli/init/proposed-key.ts';
import { readTemplate } from '../../../cli/init/template.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeGpgKey, makeSshKey } from '../../../lab/rig/keys.ts';
import { makeFleet, makeReleasedFleet } from '../fleet.ts';
import { git, run, temporaryFolder, towline } from '../towline.ts';

const trailers = async (directory: string, revision = 'HEAD') =>
  (await git(directory, 'log', '-1', '--format=%(trailers:key=Towline-Ref,valueonly)', revision)).trim();

describe('what towline init asks on a terminal', () => {
  test('is asked again where the answer is none, with what is wrong; an option is not', async () => {
    const key = await makeSshKey('ed25519');
    try {
      const typed = [
        'Acme Pumps',
        'acme',
        'alice',
        '~/nonexistent.pub',
        `${key.file}.pub`,
        'gw.acme.com',
        'gw.acme.com:8443',
      ];
      const questions: string[] = [];
      const ask = async (question: string) => {
        questions.push(question);
        return typed.shift();
      };
      const answers = await collectAnswers('pumps', {}, ask);
      assert.deepEqual(
        [answers.name, answers.person, answers.gateway],
        ['acme', 'alice', 'gw.acme.com:8443'],
      );
      assert.equal(answers.signingKey.kind, 'ssh');
      assert.deepEqual(typed, []);
      assert.match(questions[1] ?? '', /^--name "Acme Pumps" must be lower-case.*\nName of the fleet$/);
      assert.match(questions[4] ?? '', /nonexistent\.pub.*\nSigning key/s);
      assert.ok(questions[4]?.includes(path.join(homedir(), 'nonexistent.pub')));
      assert.match(questions[6] ?? '', /must be host:port, .*\nGateway/);
      await assert.rejects(collectAnswers('pumps', { name: 'Acme Pumps' }, ask), { code: 'CLI_USAGE' });
      await assert.rejects(
        collectAnswers('pumps', { name: 'acme' }, async () => undefined),
        { code: 'CLI_USAGE' },
      );
    } finally {
      await key.remove();
    }
  });
});

describe('Enter alone', () => {
  const enter = async (_question: string, proposal: string) => proposal;

  test('takes the key that lies in ~/.ssh, the first that devices can trust, or the one that git signs with', async () => {
    const key = await makeSshKey('ed25519');
    const folder = await temporaryFolder();
    const home = folder.path;
    const put = (name: string, text: string) => writeFile(path.join(home, '.ssh', name), text);
    try {
      assert.equal(await proposedKey(path.join(home, 'nobody')), '');
      await mkdir(path.join(home, '.ssh'));
      await put('id_ed25519.pub', 'ssh-dss AAAAB3NzaC1kc3MAAACBAA== old\n');
      assert.equal(await proposedKey(home), '', 'no device could trust it');
      const file = path.join(home, '.ssh', 'id_ecdsa.pub');
      await put('id_ecdsa.pub', `${key.publicKey}\n`);
      assert.equal(await proposedKey(home), file);
      const answers = await collectAnswers('pumps', {}, enter, () => proposedKey(home));
      assert.deepEqual([answers.name, answers.signingKey.publicKey], ['pumps', key.publicKey]);
      await writeFile(path.join(home, '.gitconfig'), '[user]\nsigningkey = ABCD1234\n');
      assert.equal(await proposedKey(home), 'ABCD1234');
      await writeFile(
        path.join(home, '.gitconfig'),
        `[user]\nsigningkey = ${key.file}\n[gpg]\nformat = ssh\n`,
      );
      assert.equal(await proposedKey(home), `${key.file}.pub`);
    } finally {
      await folder.remove();
      await key.remove();
    }
  });

  test('ends with what is missing where nothing can be proposed, and never asks for ever', async () => {
    let asked = 0;
    const counted = async (question: string, proposal: string) => {
      asked += 1;
      assert.ok(asked < 10, 'asked for ever');
      return await enter(question, proposal);
    };
    const nothing = async () => '';
    await assert.rejects(collectAnswers('pumps', {}, counted, nothing), {
      code: 'CLI_USAGE',
      message: /--ssh-key is missing; `ssh-keygen -t ed25519`/,
    });
    assert.equal(asked, 3);
    await assert.rejects(collectAnswers('___', {}, counted, nothing), {
      code: 'CLI_USAGE',
      message: /--name is missing/,
    });
    const refused = async () => '/nonexistent/key.pub';
    await assert.rejects(collectAnswers('pumps', {}, counted, refused), { code: 'CLI_SIGNING_KEY' });
  });
});

describe('towline init', () => {
  test('makes a fleet that validates, its first commit signed and meant for main', async () => {
    await using fleet = await makeFleet();
    const checked = await towline(['validate', fleet.directory]);
    assert.equal(checked.code, 0, checked.errors);
    assert.match(checked.output, /^valid: acme at commit [0-9a-f]{12}: 3 devices, 2 groups, 1 app/);
    const signers = path.join(fleet.folder, 'signers');
    await writeFile(signers, `* ${fleet.key.publicKey}\n`);
    await fleet.git('-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', 'HEAD');
    assert.match(await fleet.git('log', '-1', '--format=%G?'), /^G/, 'git knows the key by itself');
    assert.equal(await trailers(fleet.directory), 'acme/main');
    assert.equal(await fleet.git('config', 'towline.anchor'), await fleet.git('rev-parse', 'HEAD'));
  });

  test('signs with an SSH key that is named from where one stands', async () => {
    const key = await makeSshKey('ed25519');
    const folder = await temporaryFolder();
    try {
      await copyFile(key.file, path.join(folder.path, 'id'));
      await copyFile(`${key.file}.pub`, path.join(folder.path, 'id.pub'));
      const args = ['init', 'fleet', '--name', 'acme', '--person', 'alice', '--ssh-key', 'id.pub'];
      const made = await towline([...args, '--gateway', '127.0.0.1:8443'], {}, folder.path);
      assert.equal(made.code, 0, made.errors);
      const directory = path.join(folder.path, 'fleet');
      assert.equal(await git(directory, 'config', 'user.signingkey'), path.join(folder.path, 'id.pub'));
    } finally {
      await folder.remove();
      await key.remove();
    }
  });

  test('hooks of the template that git copies are kept and called, where the fleet ends up', async () => {
    const key = await makeSshKey('ed25519');
    const folder = await temporaryFolder();
    try {
      const template = path.join(folder.path, 'template');
      await mkdir(path.join(template, 'hooks'), { recursive: true });
      const called = path.join(folder.path, 'called');
      const hook = path.join(template, 'hooks', 'commit-msg');
      await writeFile(hook, `#!/bin/sh\necho called >>'${called}'\n`, { mode: 0o755 });
      const args = ['init', 'fleet', '--name', 'acme', '--ssh-key', key.file, '--gateway', '127.0.0.1:8443'];
      const made = await towline(args, { GIT_TEMPLATE_DIR: template }, folder.path);
      assert.equal(made.code, 0, made.errors);
      const directory = path.join(folder.path, 'fleet');
      await git(directory, 'commit', '-q', '--allow-empty', '-m', 'Second');
      assert.equal(await trailers(directory), 'acme/main');
      assert.equal(await readFile(called, 'utf8'), 'called\ncalled\n');
      assert.match(await readFile(path.join(directory, '.git/hooks/commit-msg'), 'utf8'), /echo called/);
    } finally {
      await folder.remove();
      await key.remove();
    }
  });

  test('signs with gpg, and puts the public key where the policy names it', async () => {
    const key = await makeGpgKey({ name: 'bob' });
    const folder = await temporaryFolder();
    try {
      const directory = path.join(folder.path, 'pumps');
      const made = await towline(
        [
          'init',
          directory,
          '--name',
          'acme',
          '--person',
          'bob',
          '--gpg-key',
          key.fingerprint,
          '--gateway',
          'gw:8443',
          '--json',
        ],
        key.environment,
      );
      assert.equal(made.code, 0, made.errors);
      const { anchor } = JSON.parse(made.output) as { anchor: string };
      assert.match(await git(directory, 'cat-file', '-p', anchor), /BEGIN PGP SIGNATURE/);
      assert.match(
        await readFile(path.join(directory, 'trust/keys/bob.asc'), 'utf8'),
        /BEGIN PGP PUBLIC KEY/,
      );
      const trusted = await towline(['trust', 'check', '--repo', directory, '--anchor', anchor]);
      assert.equal(trusted.code, 0, trusted.errors + trusted.output);
    } finally {
      await folder.remove();
      await key.remove();
    }
  });

  test('leaves a folder that is not empty as it is', async () => {
    await using fleet = await makeFleet();
    const again = await towline([
      'init',
      fleet.directory,
      '--name',
      'x',
      '--ssh-key',
      fleet.key.file,
      '--gateway',
      'g:1',
    ]);
    assert.equal(again.code, 1);
    assert.match(again.errors, /^CLI_FOLDER_NOT_EMPTY /);
  });

  test('asks nobody where there is no terminal, and says what is missing', async () => {
    const folder = await temporaryFolder();
    try {
      const made = await towline(['init', path.join(folder.path, 'x'), '--name', 'acme']);
      assert.equal(made.code, 2);
      assert.match(made.errors, /^CLI_USAGE --gpg-key or --ssh-key is missing/);
      const unknown = await towline([
        'init',
        path.join(folder.path, 'x'),
        '--name',
        'acme',
        '--ssh-key',
        '/nonexistent',
      ]);
      assert.match(unknown.errors, /^CLI_SIGNING_KEY /);
    } finally {
      await folder.remove();
    }
  });
});

describe('the CI job of a fleet', () => {
  test('judges a pull request as the merge button would bring it, and main as it is', async () => {
    await using fleet = await makeReleasedFleet();
    const script = path.join(fleet.folder, 'ci.sh');
    await copyFile(path.join(fleet.directory, '.towline/ci.sh'), script);
    const environment = { PATH: `${commandFolder}:${process.env.PATH}` };
    const judge = (...args: string[]) => run('sh', [script, ...args], environment, fleet.directory);
    const base = await fleet.git('rev-parse', 'main');
    await fleet.git('checkout', '-q', '-b', 'change');
    await fleet.replace('fleet.yaml', 'GREETING: Hello', 'GREETING: Hi');
    await fleet.git('commit', '-qam', 'Greet otherwise');
    const asked = await judge(base, await fleet.git('rev-parse', 'change'), 'merge');
    assert.equal(asked.code, 3, asked.errors);
    assert.match(asked.output, /GREETING changed/);
    assert.match(asked.output, /TRUST_UNSIGNED/);
    await fleet.git('checkout', '-q', 'main');
    await fleet.git('merge', '-q', '--no-ff', '-m', 'Merge the change', 'change');
    assert.equal((await judge(base, await fleet.git('rev-parse', 'main'))).code, 0);
    assert.equal((await judge('0'.repeat(40), await fleet.git('rev-parse', 'main'))).code, 0);
  });
});

describe('the hooks of a fleet', () => {
  test('write the trailer on main once, also when a commit is amended, merged, reverted or rebased', async () => {
    await using fleet = await makeFleet();
    await fleet.replace('fleet.yaml', 'GREETING: Hello', 'GREETING: Hi');
    await fleet.git('commit', '-qam', 'Greet otherwise');
    assert.equal(await trailers(fleet.directory), 'acme/main');
    await fleet.git('commit', '-q', '--amend', '--no-edit');
    assert.equal(await trailers(fleet.directory), 'acme/main');
    await fleet.git('revert', '--no-edit', 'HEAD');
    assert.equal(await trailers(fleet.directory), 'acme/main');
    await fleet.git('rebase', '-q', '--force-rebase', 'HEAD~1');
    assert.equal(await trailers(fleet.directory), 'acme/main');
    await fleet.git('checkout', '-q', '-b', 'draft', 'HEAD~1');
    await fleet.replace('groups/canary.yaml', 'priority: 20', 'priority: 21');
    await fleet.git('commit', '-qam', 'Draft');
    await fleet.git('checkout', '-q', 'main');
    await fleet.git('merge', '-q', '--no-ff', '-m', 'Merge the draft', 'draft');
    assert.equal(await trailers(fleet.directory), 'acme/main');
  });

  test('take it away on other branches: a draft is no intent', async () => {
    await using fleet = await makeFleet();
    await fleet.git('checkout', '-q', '-b', 'draft');
    await fleet.replace('fleet.yaml', 'GREETING: Hello', 'GREETING: Hi');
    await fleet.git('commit', '-qam', 'Draft\n\nTowline-Ref: acme/main');
    assert.equal(await trailers(fleet.directory), '');
    await fleet.git('commit', '-q', '--amend', '-C', 'main');
    assert.equal(await trailers(fleet.directory), '');
  });

  test('stop a push of what devices would refuse, and let pass what they accept', async () => {
    await using fleet = await makeFleet();
    const remote = path.join(fleet.folder, 'remote.git');
    await git(fleet.folder, 'init', '-q', '--bare', remote);
    await fleet.git('remote', 'add', 'origin', remote);
    await fleet.git('push', '-q', 'origin', 'main');
    await fleet.replace('fleet.yaml', 'GREETING: Hello', 'GREETING: Hi');
    await fleet.git('commit', '-qam', 'Unsigned', '--no-gpg-sign');
    await assert.rejects(fleet.git('push', 'origin', 'main'), /TRUST_UNSIGNED/);
    await fleet.git('commit', '-q', '--amend', '--no-edit', '-S');
    await fleet.git('push', '-q', 'origin', 'main');
    await fleet.write('groups/canary.yaml', 'apiVersion: towline/v1\nprio: 1\n');
    await fleet.git('commit', '-qam', 'Broken');
    await assert.rejects(fleet.git('push', 'origin', 'main'), /groups\/canary\.yaml:2:1 FLEET_UNKNOWN_KEY/);
    assert.notEqual(await git(remote, 'rev-parse', 'main'), await fleet.git('rev-parse', 'main'));
  });

  test('of a program that lies alone, as on a device, says where to run it instead', async () => {
    const folder = await temporaryFolder();
    try {
      await assert.rejects(readTemplate(folder.path), { code: 'CLI_NO_TEMPLATE' });
      assert.ok((await readTemplate()).has('.towline/schemas/fleet.schema.json'));
    } finally {
      await folder.remove();
    }
  });
});
