/** A statement is signed by the key that git's settings name, in each way in which git takes one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signStatement } from '../../../cli/desk/sign-statement.ts';
import { readSshPublicKey } from '../../../core/trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../../../core/trust/signature/ssh-signature.ts';
import { KeyRing } from '../../../core/trust/signature/trust-key.ts';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';
import { git, run, temporaryFolder } from '../towline.ts';

const statement = Buffer.from('a statement\n');
const namespace = 'towline-approval';
const { signal } = new AbortController();

describe('a statement at a desk', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let agent: ReturnType<typeof spawn>;
  const keys: SshKey[] = [];
  let directory = '';

  before(async () => {
    folder = await temporaryFolder();
    directory = path.join(folder.path, 'clone');
    const socket = path.join(folder.path, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    process.env.SSH_AUTH_SOCK = socket;
    await git(folder.path, 'init', '-q', directory);
    await git(directory, 'config', 'gpg.format', 'ssh');
    for (const type of ['ed25519', 'ecdsa']) keys.push(await makeSshKey(type));
    await waitUntil('ssh-agent', async () => (await run('ssh-add', ['-l'], {}, directory)).code !== 2);
    for (const { file } of keys) assert.equal((await run('ssh-add', ['-q', file], {}, directory)).code, 0);
  });
  after(async () => {
    agent.kill();
    for (const key of keys) await key.remove();
    await folder.remove();
  });

  const isSigned = async ({ publicKey }: SshKey, key: string | undefined) => {
    const armored = await signStatement(statement, { directory, key, namespace }, signal);
    const ring = new KeyRing([{ principal: 'alice', key: readSshPublicKey(publicKey) }]);
    return checkSshSignature(armored, statement, ring, namespace).sound;
  };

  test('is signed by a key of ssh-agent that stands in the settings itself, of whatever kind', async () => {
    for (const key of keys) {
      const literal = `key::${key.publicKey}`;
      assert.ok(await isSigned(key, literal), literal);
      await git(directory, 'config', 'user.signingkey', literal);
      assert.ok(await isSigned(key, undefined), literal);
    }
    const [ed25519] = keys;
    assert.ok(
      ed25519 !== undefined && (await isSigned(ed25519, ed25519.publicKey)),
      'without key::, as git takes ssh-…',
    );
  });

  test('is signed by a key in a file', async () => {
    for (const key of keys) assert.ok(await isSigned(key, key.file));
  });

  test('is signed by ssh-agent where the settings have a security key itself: no file is called like it', async () => {
    const log = path.join(folder.path, 'asked');
    const program = path.join(folder.path, 'keygen');
    const script = `#!/bin/sh\necho "$@" > ${log}\nfor last; do :; done\ncat "$last" >> ${log}\necho signed\n`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    await git(directory, 'config', 'gpg.ssh.program', program);
    const { keyLine } = new SoftPasskey();
    await git(directory, 'config', 'user.signingkey', `key::${keyLine}`);
    for (const key of [`key::${keyLine}`, undefined]) {
      const said = await signStatement(statement, { directory, key, namespace }, signal);
      assert.equal(said, 'signed\n');
      const asked = await readFile(log, 'utf8');
      assert.match(
        asked,
        /^-Y sign -n towline-approval -U -f \S+\/key\.pub\nsk-ecdsa-sha2-nistp256@openssh\.com \S+\n$/,
      );
      assert.ok(asked.includes(keyLine));
    }
  });
});
