import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey, readOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { openVariables } from '../../../core/secrets/secret-variables.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

let fleet: TestFleet;
let alice: GpgKey;
let folder: string;
const privateKeys = new Map<string, string>();

/** A device with keys of its own, in the app `web`. */
async function addDevice(id: string, more: Record<string, unknown> = {}): Promise<void> {
  const keysFolder = path.join(folder, id);
  const openpgp = await ensureOpenpgpKey(keysFolder, id);
  privateKeys.set(id, (await readOpenpgpKey(keysFolder)) ?? '');
  const keys = makeDeviceKeys(id);
  await fleet.write(
    `devices/${id}.yaml`,
    stringify({
      apiVersion: 'towline/v1',
      keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys), openpgp },
      apps: { web: {} },
      ...more,
    }),
  );
}

const commit = async (message: string) => {
  await fleet.git('add', '-A');
  await fleet.git('commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', message);
};

/** An editor that appends a line. */
async function editor(line: string): Promise<Record<string, string>> {
  const script = path.join(folder, `editor-${Math.random().toString(16).slice(2)}`);
  await writeFile(script, `#!/bin/sh\nprintf '%s\\n' '${line}' >> "$1"\necho "$1" > ${folder}/edited\n`);
  await chmod(script, 0o755);
  return { GNUPGHOME: alice.home, EDITOR: script, VISUAL: script };
}

const secret = (args: readonly string[], environment: Record<string, string> = { GNUPGHOME: alice.home }) =>
  towline(['secret', ...args], environment, fleet.directory);

const openedBy = async (id: string, file = 'secrets/web.env') =>
  openVariables(
    await readFile(path.join(fleet.directory, file)),
    { fleet: 'acme', path: file },
    privateKeys.get(id) ?? '',
  );

const sealedLine = async (name: string) =>
  new RegExp(`^${name}=.*$`, 'm').exec(
    await readFile(path.join(fleet.directory, 'secrets/web.env'), 'utf8'),
  )?.[0];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tl-secret-'));
  fleet = await makeFleet();
  alice = await makeGpgKey({ name: 'alice', algorithm: 'default', usage: 'default' });
  await fleet.write('trust/keys/alice.asc', await alice.publicKey());
  await fleet.replace('trust/policy.yaml', 'ssh:', 'openpgp: [trust/keys/alice.asc]\n    ssh:');
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
  await mkdir(path.join(fleet.directory, 'apps/web'), { recursive: true });
  await fleet.write(
    'apps/web/app.yaml',
    stringify({ apiVersion: 'towline/v1', secrets: ['secrets/web.env'] }),
  );
  await fleet.write(
    'apps/web/compose.yaml',
    stringify({
      services: {
        web: {
          image: `registry.example.com/web:1@sha256:${'a'.repeat(64)}`,
          secrets: ['token'],
          environment: ['DB_PASSWORD'],
        },
      },
      secrets: { token: { environment: 'TOKEN' } },
    }),
  );
  await addDevice('pump-91');
});
after(async () => {
  await fleet[Symbol.asyncDispose]();
  await alice.remove();
  await rm(folder, { recursive: true, force: true });
});

test('edit of a new file that is left as it was makes none', async () => {
  const ran = await secret(['edit', 'secrets/web.env'], {
    GNUPGHOME: alice.home,
    VISUAL: '',
    EDITOR: 'true',
  });
  assert.equal(ran.code, 0, ran.errors);
  assert.match(ran.output, /is as it was/);
  assert.ok(!existsSync(path.join(fleet.directory, 'secrets')));
});

test('edit makes a new file that the devices which use it open, from a text that only memory held', async () => {
  const made = await secret(['edit', 'secrets/web.env'], await editor('TOKEN=first'));
  assert.equal(made.code, 0, made.errors);
  assert.match(made.output, /sealed secrets\/web\.env for alice, device pump-91/);
  assert.equal((await openedBy('pump-91')).get('TOKEN'), 'first');
  const edited = (await readFile(path.join(folder, 'edited'), 'utf8')).trim();
  assert.match(edited, /^\/dev\/shm\/towline-edit-[^/]+\/web\.env$/);
  assert.deepEqual(
    (await readdir('/dev/shm')).filter(name => edited.includes(name)),
    [],
  );
});

test('edit again keeps the sealed form of what did not change', async () => {
  const before = await sealedLine('TOKEN');
  const ran = await secret(['edit', 'secrets/web.env'], await editor('DB_PASSWORD=pa=ss #1'));
  assert.equal(ran.code, 0, ran.errors);
  assert.equal(await sealedLine('TOKEN'), before);
  const values = await openedBy('pump-91');
  assert.equal(values.get('DB_PASSWORD'), 'pa=ss #1');
  assert.equal(values.get('TOKEN'), 'first');
  await commit('Secrets of web');
  const valid = await towline(['validate'], {}, fleet.directory);
  assert.equal(valid.code, 0, valid.output + valid.errors);
});

test('edit without a change writes nothing, and one that the editor spoils leaves the file as it was', async () => {
  const file = path.join(fleet.directory, 'secrets/web.env');
  const before = await readFile(file, 'utf8');
  const same = await secret(['edit', 'secrets/web.env'], {
    GNUPGHOME: alice.home,
    EDITOR: 'true',
    VISUAL: 'true',
  });
  assert.match(same.output, /is as it was/);
  const spoilt = await secret(['edit', 'secrets/web.env'], await editor('no assignment'));
  assert.match(spoilt.errors, /SECRET_EDITOR/);
  assert.ok(!spoilt.errors.includes('first'));
  const failed = await secret(['edit', 'secrets/web.env'], {
    GNUPGHOME: alice.home,
    EDITOR: 'false',
    VISUAL: 'false',
  });
  assert.match(failed.errors, /SECRET_EDITOR/);
  assert.equal(await readFile(file, 'utf8'), before);
});

test('a keyring without a recipient’s key is told which keys would open the file', async () => {
  const other = await makeGpgKey({ name: 'mallory' });
  try {
    const ran = await secret(['rotate', 'secrets/web.env'], { GNUPGHOME: other.home });
    assert.notEqual(ran.code, 0);
    assert.match(ran.errors, /SECRET_KEYRING/);
    assert.match(ran.errors, new RegExp(alice.fingerprint));
  } finally {
    await other.remove();
  }
});

test('a new device fails the check until it is added, which changes no sealed value', async () => {
  await addDevice('pump-92');
  const checked = await secret(['check', '--worktree']);
  assert.equal(checked.code, 1);
  assert.match(checked.output, /SECRET_RECIPIENTS device pump-92 cannot open it/);
  const before = await sealedLine('TOKEN');
  const ran = await secret(['rotate', '--recipients-only', 'secrets/web.env']);
  assert.equal(ran.code, 0, ran.errors);
  assert.equal(await sealedLine('TOKEN'), before);
  assert.equal((await openedBy('pump-92')).get('TOKEN'), 'first');
  assert.equal((await openedBy('pump-91')).get('TOKEN'), 'first');
  await commit('pump-92');
  assert.equal((await secret(['check'])).code, 0);
});

test('what a revoked key could read fails the check until the data key is made anew, whoever is a recipient by then', async () => {
  await fleet.replace(
    'devices/pump-92.yaml',
    'apiVersion: towline/v1',
    'apiVersion: towline/v1\nrevoked: true',
  );
  assert.match((await secret(['check', '--worktree'])).output, /SECRET_READABLE_BY_REVOKED.*pump-92/);
  const refused = await secret(['rotate', '--recipients-only', 'secrets/web.env']);
  assert.match(refused.errors, /knows the data key/);
  // Somebody takes the recipient out by hand: the device still knows the data key.
  const file = path.join(fleet.directory, 'secrets/web.env');
  const full = await readFile(file, 'utf8');
  await writeFile(
    file,
    full
      .split('\n')
      .filter(line => !/^sops_pgp__list_2_/.test(line))
      .join('\n'),
  );
  await commit('pump-92 is stolen');
  const checked = await secret(['check']);
  assert.match(checked.output, /SECRET_READABLE_BY_REVOKED.*pump-92/);
  assert.equal((await towline(['validate'], {}, fleet.directory)).code, 1);
  const before = await sealedLine('TOKEN');
  const rotated = await secret(['rotate', 'secrets/web.env']);
  assert.equal(rotated.code, 0, rotated.errors);
  assert.notEqual(await sealedLine('TOKEN'), before);
  await commit('A new data key');
  const again = await secret(['check']);
  assert.equal(again.code, 0, again.output);
  await assert.rejects(openedBy('pump-92'), { code: 'SECRET_NOT_A_RECIPIENT' });
  assert.equal((await openedBy('pump-91')).get('TOKEN'), 'first');
});

test('a file that is not sealed, in whole or in part, fails the check', async () => {
  await fleet.write('secrets/plain.env', 'PASSWORD=oops\n');
  const checked = await secret(['check', '--worktree', '--json']);
  const { problems } = JSON.parse(checked.output) as { problems: { file: string; code: string }[] };
  assert.deepEqual(
    problems.map(({ file, code }) => `${file} ${code}`),
    ['secrets/plain.env SECRET_NOT_ENCRYPTED'],
  );
  await rm(path.join(fleet.directory, 'secrets/plain.env'));
  const sealed = await readFile(path.join(fleet.directory, 'secrets/web.env'), 'utf8');
  await fleet.write('secrets/web.env', sealed.replace(/^TOKEN=.*$/m, 'TOKEN=oops'));
  const partly = await secret(['check', '--worktree']);
  assert.match(partly.output, /SECRET_NOT_ENCRYPTED the value at TOKEN/);
  assert.ok(!partly.output.includes('oops'));
  await fleet.write('secrets/web.env', sealed);
});

test('a stranger among the recipients fails the check', async () => {
  const stranger = await makeGpgKey({ name: 'eve', algorithm: 'default', usage: 'default' });
  try {
    const keys = [await alice.publicKey(), await stranger.publicKey()];
    await fleet.write('secrets/more.yaml', await sealSecret('secrets/more.yaml', 'a: b\n', keys));
    const checked = await secret(['check', '--worktree']);
    assert.match(checked.output, new RegExp(`SECRET_RECIPIENTS ${stranger.fingerprint} can open it`));
    await rm(path.join(fleet.directory, 'secrets/more.yaml'));
  } finally {
    await stranger.remove();
  }
});

test('a secret variable in other text, one that nobody has, and one of two kinds are problems of the app', async () => {
  const compose = await readFile(path.join(fleet.directory, 'apps/web/compose.yaml'), 'utf8');
  const problems = async () => (await towline(['validate', '--worktree'], {}, fleet.directory)).output;
  await fleet.replace('apps/web/compose.yaml', '- DB_PASSWORD', '- "URL=postgres://u:$DB_PASSWORD@db"');
  assert.match(await problems(), /apps\/web\/compose\.yaml:\d+:\d+ SECRET_INTERPOLATED DB_PASSWORD/);
  await fleet.write('apps/web/compose.yaml', compose.replace('environment: TOKEN', 'environment: TOKKEN'));
  assert.match(await problems(), /apps\/web\/compose\.yaml:\d+:\d+ SECRET_VARIABLE_UNKNOWN .*TOKKEN/);
  await fleet.write('apps/web/compose.yaml', compose);
  const app = await readFile(path.join(fleet.directory, 'apps/web/app.yaml'), 'utf8');
  await fleet.write('apps/web/app.yaml', `${app}variables:\n  TOKEN: x\n`);
  assert.match(await problems(), /SECRET_VARIABLE_TWICE TOKEN/);
  await fleet.write('apps/web/app.yaml', app.replace('web.env', 'web/absent.env'));
  assert.match(await problems(), /apps\/web\/app\.yaml:\d+:\d+ SECRET_FILE_MISSING/);
  await fleet.write('apps/web/app.yaml', app);
});

test('the plan of a change says which secrets changed, and needs no key for it', async () => {
  await fleet.git('add', '-A');
  assert.equal((await secret(['edit', 'secrets/web.env'], await editor('UNUSED=1'))).code, 0);
  const plan = async () => {
    const ran = await towline(
      ['plan', 'pump-91', '--worktree', '--base', 'HEAD'],
      { GNUPGHOME: folder },
      fleet.directory,
    );
    assert.equal(ran.code, 0, ran.errors);
    assert.ok(!/first|pa=ss/.test(ran.output), ran.output);
    return ran.output;
  };
  assert.doesNotMatch(await plan(), /secret (token|DB_PASSWORD) changed/);
  assert.equal((await secret(['rotate', 'secrets/web.env'])).code, 0);
  assert.match(await plan(), /secret DB_PASSWORD changed, secret token changed/);
});

const left = { EDITOR: 'true', VISUAL: 'true', SOPS_EDITOR: 'true' };
const inFleet = (file: string) => path.join(fleet.directory, file);

test('a file that does not say its path fails the check, which names the command that writes it', async () => {
  const keys = [await alice.publicKey()];
  const file = 'secrets/web/old.env';
  await mkdir(inFleet('secrets/web'), { recursive: true });
  const rule = { kind: 'encrypted_regex', pattern: '^PASSWORD$' } as const;
  await fleet.write(file, await sealSecret(file, 'PASSWORD=of-web\n', keys, { statedPath: undefined, rule }));
  const checked = await secret(['check', '--worktree']);
  assert.equal(checked.code, 1);
  assert.match(
    checked.output,
    /secrets\/web\/old\.env SECRET_PATH_MISSING .*`towline secret edit secrets\/web\/old\.env`/,
  );
  // Whoever seals it anew without a look might seal what was copied from elsewhere.
  assert.match((await secret(['rotate', file])).errors, /SECRET_PATH_MISSING/);
  const edited = await secret(['edit', file], { GNUPGHOME: alice.home, ...left });
  assert.match(edited.output, /sealed secrets\/web\/old\.env for alice/, edited.errors);
  assert.equal((await secret(['check', '--worktree'])).code, 0);
  assert.doesNotMatch(await readFile(inFleet(file), 'utf8'), /of-web|acme/);
  await rm(inFleet(file));
});

test('the value that says the path is not shown in the editor, and nobody writes it there', async () => {
  const script = path.join(folder, 'shower');
  await writeFile(script, `#!/bin/sh\ncp "$1" ${folder}/shown\n`);
  await chmod(script, 0o755);
  await secret(['edit', 'secrets/web.env'], { GNUPGHOME: alice.home, EDITOR: script, VISUAL: script });
  const text = await readFile(path.join(folder, 'shown'), 'utf8');
  assert.match(text, /TOKEN=first/);
  assert.doesNotMatch(text, /towline/i);
  const ran = await secret(['edit', 'secrets/web.env'], await editor('TOWLINE_PATH=acme secrets/other.env'));
  assert.match(ran.errors, /SECRET_EDITOR .*TOWLINE_PATH is written by this command/);
});

test('sealed bytes that were copied are not sealed anew for where they lie now', async () => {
  const sealed = await readFile(inFleet('secrets/web.env'), 'utf8');
  await fleet.write('secrets/own.env', sealed);
  const opened = openedBy('pump-91', 'secrets/own.env');
  await assert.rejects(opened, { code: 'SECRET_PATH_OTHER' });
  for (const words of [['edit'], ['rotate']]) {
    const ran = await secret([...words, 'secrets/own.env'], { GNUPGHOME: alice.home, ...left });
    assert.match(ran.errors, /SECRET_PATH_OTHER .*"acme secrets\/web\.env"/, words.join(' '));
  }
  assert.equal(await readFile(inFleet('secrets/own.env'), 'utf8'), sealed);
  // Empty values are not sealed: whoever copies the bytes may add one, and the path is not read any more.
  await fleet.write('secrets/own.env', `towline_path=\n${sealed}`);
  const blurred = await secret(['edit', 'secrets/own.env'], { GNUPGHOME: alice.home, ...left });
  assert.match(blurred.errors, /SECRET_PATH_OTHER/);
  // No key is needed to see it.
  const checked = await secret(['check', '--worktree'], { GNUPGHOME: folder });
  assert.match(checked.output, /SECRET_PATH_OTHER sealed values of it stand in secrets\/own\.env too/);
  await rm(inFleet('secrets/own.env'));
});

test('move seals a secret for another path, under another data key, and says which files name the old one', async () => {
  const before = await sealedLine('TOKEN');
  const moved = await secret(['move', 'secrets/web.env', 'secrets/web+api/all.env']);
  assert.equal(moved.code, 0, moved.errors);
  assert.match(moved.output, /sealed secrets\/web\+api\/all\.env for alice, device pump-91/);
  assert.match(
    moved.output,
    /write secrets\/web\+api\/all\.env for secrets\/web\.env in apps\/web\/app\.yaml/,
  );
  assert.ok(!existsSync(inFleet('secrets/web.env')));
  assert.equal((await openedBy('pump-91', 'secrets/web+api/all.env')).get('TOKEN'), 'first');
  const text = await readFile(inFleet('secrets/web+api/all.env'), 'utf8');
  assert.ok(!text.includes(before ?? ''));
  await fleet.replace('apps/web/app.yaml', 'secrets/web.env', 'secrets/web+api/all.env');
  const valid = await towline(['validate', '--worktree'], {}, fleet.directory);
  assert.equal(valid.code, 0, valid.output + valid.errors);
  // Renamed by git first: the same command.
  await fleet.git('add', '-A');
  await fleet.git('mv', 'secrets/web+api/all.env', 'secrets/web.env');
  await fleet.replace('apps/web/app.yaml', 'secrets/web+api/all.env', 'secrets/web.env');
  assert.match((await secret(['move', 'secrets/api.env', 'secrets/web.env'])).errors, /SECRET_PATH_OTHER/);
  const back = await secret(['move', 'secrets/web+api/all.env', 'secrets/web.env']);
  assert.equal(back.code, 0, back.errors);
  assert.equal((await openedBy('pump-91')).get('TOKEN'), 'first');
  for (const [from, to, why] of [
    ['secrets/web.env', 'secrets/web.yaml', /CLI_USAGE .*extension/],
    ['secrets/web.env', 'secrets/Web.env', /CLI_USAGE .*is for no app/],
    ['secrets/nope.env', 'secrets/web/nope.env', /SECRET_FILE_MISSING/],
  ] as const)
    assert.match((await secret(['move', from, to])).errors, why);
  await fleet.write('secrets/api.env', await readFile(inFleet('secrets/web.env'), 'utf8'));
  assert.match((await secret(['move', 'secrets/web.env', 'secrets/api.env'])).errors, /CLI_USAGE .*already/);
  await rm(inFleet('secrets/api.env'));
});

test('an app that names a secret that is not for it does not make its devices recipients', async () => {
  const file = 'secrets/bank.env';
  await fleet.write(file, await sealSecret(file, 'TOKEN=of-the-bank\n', [await alice.publicKey()]));
  await fleet.replace('apps/web/app.yaml', 'secrets/web.env', `secrets/web.env\n  - ${file}`);
  const checked = await secret(['check', '--worktree']);
  assert.equal(checked.code, 0, checked.output);
  const valid = await towline(['validate', '--worktree'], {}, fleet.directory);
  assert.match(
    valid.output,
    /^apps\/web\/app\.yaml:\d+:\d+ SECRET_OF_ANOTHER_APP secrets\/bank\.env is for bank/m,
  );
  await fleet.replace('apps/web/app.yaml', `\n  - ${file}`, '');
  await rm(inFleet(file));
});

test('a file outside secrets/ is refused', async () => {
  for (const file of ['fleet.yaml', 'secrets/../fleet.yaml', '/etc/passwd.env'])
    assert.match((await secret(['edit', file], await editor('A=1'))).errors, /CLI_USAGE/);
});

test('a file that is not there cannot be rotated: that is said first, also where nobody could open one', async () => {
  await using ssh = await makeFleet();
  const ran = await towline(['secret', 'rotate', 'secrets/nope.env'], {}, ssh.directory);
  assert.equal(ran.code, 1);
  assert.match(ran.errors, /^SECRET_FILE_MISSING there is no secrets\/nope\.env\n.*towline secret edit/);
});
