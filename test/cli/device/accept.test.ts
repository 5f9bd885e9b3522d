import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  formatSignedStatement,
  signStatement,
  statementFingerprint,
} from '../../../core/enrolment/statement.ts';
import { parseToken, tokenKey, tokenPublicKey } from '../../../core/enrolment/token.ts';
import { makeDeviceKeys, sshKeyOf, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

describe('towline device accept', () => {
  test('writes the keys of the fingerprint that was typed; once more it says that they are there', async () => {
    await using fleet = await makeFleet(['--gateway-host-key', hostKey]);
    const repo = ['--repo', fleet.directory];
    const added = await towline(['device', 'add', 'pump-9', '--json', ...repo]);
    const token = parseToken(JSON.parse(added.output).token);
    const made = makeDeviceKeys('pump-9');
    const openpgp = await ensureOpenpgpKey(path.join(fleet.folder, 'keys'), 'pump-9');
    const keys = { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp };
    const statement = { fleet: 'acme', device: 'pump-9', oneTimeKey: tokenPublicKey(token), keys };
    const telemetry = await makeRepository();
    try {
      await telemetry.commit({
        parents: [],
        branch: 'enrolment/pump-9',
        message: 'statement',
        trailer: false,
        files: { statement: formatSignedStatement(signStatement(statement, tokenKey(token))) },
      });
      const url = `file://${telemetry.path}`;
      const accept = (...more: string[]) =>
        towline(['device', 'accept', 'pump-9', '--telemetry', url, ...more, ...repo]);
      const wrong = await accept('--fingerprint', 'AAAA-AAAA-AAAA-AAAA-AAAA');
      assert.equal(wrong.code, 1);
      assert.match(wrong.errors, /^ENROLMENT_FINGERPRINT /);
      const file = path.join(fleet.directory, 'devices/pump-9.yaml');
      assert.match(await readFile(file, 'utf8'), /^enrolment:/m);
      const fingerprint = statementFingerprint(statement);
      const accepted = await accept('--fingerprint', fingerprint);
      assert.equal(accepted.code, 0, accepted.errors);
      assert.match(accepted.output, /^accepted pump-9 .*: commit and push devices\/pump-9\.yaml$/m);
      const text = await readFile(file, 'utf8');
      assert.ok(text.includes(keys.ssh) && !text.includes('enrolment:'));
      const again = await accept('--fingerprint', fingerprint);
      assert.equal(again.code, 0, again.errors);
      assert.match(
        again.output,
        /^pump-9 has these keys already .*: commit and push devices\/pump-9\.yaml$/m,
      );
      assert.equal(await readFile(file, 'utf8'), text);
      // Where the device itself vouches for its next keys, that of its engine stays.
      const registry = tlsPublicKey(makeDeviceKeys());
      assert.equal((await towline(['device', 'registry-key', 'pump-9', registry, ...repo])).code, 0);
      const next = makeDeviceKeys('pump-9');
      const nextKeys = { tls: tlsPublicKey(next), ssh: sshPublicKey(next), openpgp };
      const second = { ...statement, oneTimeKey: sshPublicKey(made), keys: nextKeys };
      await telemetry.commit({
        parents: [],
        branch: 'enrolment/pump-9',
        message: 'statement',
        trailer: false,
        files: { statement: formatSignedStatement(signStatement(second, sshKeyOf(made).privateKey)) },
      });
      const rotated = await accept('--fingerprint', statementFingerprint(second));
      assert.equal(rotated.code, 0, rotated.errors);
      const after = await readFile(file, 'utf8');
      assert.ok(after.includes(nextKeys.ssh) && after.includes(`registry: ${registry}`), after);
    } finally {
      await telemetry.remove();
    }
  });
});

describe('a statement that no device sends', () => {
  test('is refused unread: too long, or in a folder', async () => {
    await using fleet = await makeFleet(['--gateway-host-key', hostKey]);
    const repo = ['--repo', fleet.directory];
    await towline(['device', 'add', 'pump-9', '--json', ...repo]);
    const telemetry = await makeRepository();
    try {
      const files = { long: 'x'.repeat(64 * 1024 * 1024 - 1), 'folder/statement': '{}' };
      for (const [file, text] of Object.entries(files)) {
        await telemetry.commit({
          parents: [],
          branch: 'enrolment/pump-9',
          message: 'statement',
          trailer: false,
          files: { [file]: text },
        });
        const url = `file://${telemetry.path}`;
        const refused = await towline(['device', 'accept', 'pump-9', '--telemetry', url, ...repo]);
        assert.equal(refused.code, 1);
        assert.match(
          refused.errors,
          file === 'long' ? /^ENROLMENT_STATEMENT_MALFORMED long: .*limit 32768/ : /^TRUST_MALFORMED_OBJECT /,
        );
      }
    } finally {
      await telemetry.remove();
    }
  });
});

describe('a fresh clone', () => {
  test('is told where its anchor comes from, by the hooks and by the first check', async () => {
    await using fleet = await makeFleet();
    const anchor = await fleet.git('rev-parse', 'HEAD');
    await fleet.git('config', '--unset', 'towline.anchor');
    const repo = ['--repo', fleet.directory];
    const check = await towline(['trust', 'check', ...repo]);
    assert.equal(check.code, 2);
    assert.match(check.errors, /^CLI_USAGE .*towline trust hooks --anchor COMMIT/);
    assert.match((await towline(['trust', 'hooks', ...repo])).output, /^no anchor: /m);
    const told = await towline(['trust', 'hooks', '--anchor', anchor, ...repo]);
    assert.equal(told.code, 0);
    const json = await towline(['trust', 'hooks', '--json', ...repo]);
    assert.equal(JSON.parse(json.output).anchor, anchor);
    assert.doesNotMatch(told.output, /no anchor/);
    assert.equal((await towline(['trust', 'check', ...repo])).code, 0);
  });
});
