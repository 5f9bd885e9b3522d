/** "A device was stolen" of docs/guides/device.md at the desk, each line as it is written there. (At the gateway: test/e2e/enrolment.long.ts.) */
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey, readOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { openVariables } from '../../../core/secrets/secret-variables.ts';
import { makeGpgKey } from '../../../lab/rig/keys.ts';
import { makeFleet } from '../fleet.ts';
import { git } from '../towline.ts';
import { Clone, Follower, runbook } from './runbook.ts';

const says = runbook('guides/device.md');
const file = 'secrets/web.env';

test('a device was stolen: revoked, its secrets made anew, and the new one under another id', async t => {
  await using fleet = await makeFleet([
    '--gateway-host-key',
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`,
  ]);
  const alicesKey = await makeGpgKey({ name: 'alice', algorithm: 'default', usage: 'default' });
  t.after(() => alicesKey.remove());
  const editor = path.join(fleet.folder, 'editor');
  const desk = new Clone(fleet.directory, {
    GNUPGHOME: alicesKey.home,
    EDITOR: editor,
    VISUAL: editor,
    SOPS_EDITOR: editor,
  });
  const writes = async (line: string): Promise<void> => {
    await writeFile(editor, `#!/bin/sh\nprintf '%s\\n' '${line}' > "$1"\n`);
    await chmod(editor, 0o755);
  };
  const privateKeys = new Map<string, string>();
  const opened = async (id: string): Promise<string | undefined> =>
    (
      await openVariables(
        Buffer.from(desk.read(file)),
        { fleet: 'acme', path: file },
        privateKeys.get(id) ?? '',
      )
    ).get('TOKEN');

  /** What `enroll` and `accept` leave in a device's file. */
  async function hasKeys(id: string): Promise<void> {
    const folder = path.join(fleet.folder, id);
    const made = makeDeviceKeys(id);
    const openpgp = await ensureOpenpgpKey(folder, id);
    privateKeys.set(id, (await readOpenpgpKey(folder)) ?? '');
    const keys = { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp };
    const text =
      parse(await readFile(path.join(fleet.directory, `devices/${id}.yaml`), 'utf8').catch(() => '')) ?? {};
    delete text.enrolment;
    const device = { apiVersion: 'towline/v1', ...text, apps: { web: {} }, keys };
    await fleet.write(`devices/${id}.yaml`, stringify(device));
  }

  await mkdir(path.join(fleet.directory, 'trust/keys'), { recursive: true });
  await fleet.write('trust/keys/alice.asc', await alicesKey.publicKey());
  desk.policy(policy => {
    policy.principals.alice = { ...policy.principals.alice, openpgp: ['trust/keys/alice.asc'] };
  });
  await mkdir(path.join(fleet.directory, 'apps/web'), { recursive: true });
  await fleet.write('apps/web/app.yaml', stringify({ apiVersion: 'towline/v1', secrets: [file] }));
  const image = `registry.example.com/web:1@sha256:${'a'.repeat(64)}`;
  const compose = {
    services: { web: { image, secrets: ['token'] } },
    secrets: { token: { environment: 'TOKEN' } },
  };
  await fleet.write('apps/web/compose.yaml', stringify(compose));
  await hasKeys('pump-16');
  await hasKeys('pump-17');
  await writes('TOKEN=old');
  await desk.does(`towline secret edit ${file}`);
  await desk.does('git add -A && git commit -qm "Two pumps with a secret"');
  const origin = path.join(fleet.folder, 'origin.git');
  await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
  const anchor = await desk.head();
  await desk.does(`git config towline.anchor ${anchor}`);
  await desk.does(`git remote add origin ${origin} && git push -q -u origin main`);
  const other = new Follower(origin, anchor);
  await other.follows(anchor);
  assert.equal(await opened('pump-17'), 'old');

  await fleet.replace('devices/pump-17.yaml', 'keys:', `${says('revoked: true')}\nkeys:`);
  await desk.does('git commit -qam "pump-17 was stolen"');
  assert.match((await desk.types('git push')).errors, /SECRET_READABLE_BY_REVOKED/);
  await desk.does(says('git push --no-verify'));
  await other.follows(await desk.head());

  const checked = await desk.types(says('towline secret check'));
  assert.equal(checked.code, 1);
  assert.match(checked.output, /secrets\/web\.env.*SECRET_READABLE_BY_REVOKED.*pump-17/);
  await writes('TOKEN=new');
  await desk.does(says('towline secret edit FILE', { FILE: file }));
  await desk.does(says('towline secret rotate FILE', { FILE: file }));
  await desk.does('git commit -qam "A new token"');
  await desk.does(says('towline secret check'));
  await desk.does('git push -q');
  await other.follows(await desk.head());
  await assert.rejects(opened('pump-17'), { code: 'SECRET_NOT_A_RECIPIENT' });
  assert.equal(await opened('pump-16'), 'new');

  const renewed = await desk.types('towline device add pump-17 --renew');
  assert.match(renewed.errors, /CLI_USAGE .*revoked/);
  await desk.does(says('towline device add pump-17b'));
  await desk.does('git add -A && git commit -qm "Token for pump-17b" && git push -q');
  await hasKeys('pump-17b');
  await desk.does('git commit -qam "Accept pump-17b"');
  assert.match((await desk.types('towline secret check')).output, /SECRET_RECIPIENTS.*pump-17b/);
  await desk.does(says('towline secret rotate --recipients-only FILE', { FILE: file }));
  await desk.does('git commit -qam "pump-17b reads it, too" && git push -q');
  await other.follows(await desk.head());
  assert.equal(await opened('pump-17b'), 'new');
  await assert.rejects(opened('pump-17'), { code: 'SECRET_NOT_A_RECIPIENT' });
});
