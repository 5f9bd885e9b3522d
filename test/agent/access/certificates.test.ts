/** Certificates of the gateway's signer at the agent's own server, by stock ssh: whom they let in, and for how long. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CertificateContent } from '../../../core/access/certificate/make-certificate.ts';
import { readSshPrivateKey, type SshKey } from '../../../core/io/openssh-key.ts';
import { sshString, sshUint64 } from '../../../core/trust/signature/ssh-wire.ts';
import type { AccessChange } from '../../../lab/rig/access-change.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import {
  certificateFor,
  certificateLine,
  hourMs,
  identity,
  signedAnew,
} from '../../../lab/rig/certificates.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';

const change: AccessChange = {
  operators: { alice: ['alice'], bob: ['bob'] },
  oidc: [identity],
  certificateKeys: ['signer'],
  untilMs: Date.now() + 10 * hourMs,
  access: { certificates: true },
};

describe('a person with a certificate, whose key stands in no file', { timeout: 120_000 }, () => {
  const clock = new PutClock();
  let rig: AccessRig;
  let signer: SshKey;
  let own: SshKey;
  before(async () => {
    rig = await AccessRig.start({ engine: 'none', clock });
    await makeKeyFile(join(rig.folder, 'signer'));
    const keyOf = async (name: string) => readSshPrivateKey(await readFile(join(rig.folder, name), 'utf8'));
    signer = await keyOf('signer');
    own = await keyOf('stranger');
  });
  after(() => rig[Symbol.asyncDispose]());

  const made = (more: Partial<CertificateContent> = {}, by = signer) => {
    const fromMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    return certificateFor(own, by, { fromMs, untilMs: fromMs + hourMs, ...more });
  };
  const has = (wire: Buffer) =>
    writeFile(join(rig.folder, 'stranger-cert.pub'), `${certificateLine(wire)}\n`);
  const comes = async (...args: string[]) =>
    await rig.run('ssh', ['-F', await rig.clientConfig('stranger'), ...args, 'pump']);
  /** Comes in and does nothing. */
  const staysIn = async () => {
    await rig.use(change);
    const child = rig.spawn('ssh', ['-F', await rig.clientConfig('stranger'), '-N', 'pump']);
    await eventually(() => rig.server.people.length === 1);
    return { cut: () => once(child, 'exit') };
  };

  test('is in where the device takes certificates, and nowhere else', async () => {
    await has(made());
    await rig.use({ ...change, access: {} });
    assert.match((await comes()).stderr.toString(), /Permission denied/);
    await rig.use(change);
    assert.match((await comes()).stdout.toString(), /^Hello alice\./);
    await eventually(() => rig.noted.some(({ text }) => /^alice \(by certificate\): /.test(text)));
  });

  test('is refused with one of another signer, for another name or several, over, or with a condition', async () => {
    await rig.use(change);
    const fromMs = Math.floor(Date.now() / 1000) * 1000 - hourMs;
    const name = (principal: string) => sshString(principal);
    const untilMs = fromMs + 2 * hourMs;
    const options = (list: Buffer) => Buffer.concat([sshUint64(BigInt(untilMs / 1000)), sshString(list)]);
    const withOptions = (option: string, data: string) =>
      signedAnew(
        made({ fromMs, untilMs }),
        [options(Buffer.alloc(0)), options(Buffer.concat([name(option), sshString(name(data))]))],
        signer,
      );
    const refused: Readonly<Record<string, Buffer>> = {
      'another signer': made({}, own),
      'nobody of this name': made({ principal: 'carol' }),
      'no name at the provider': made({ identity: { ...identity, sub: 'another' } }),
      'another provider': made({ identity: { ...identity, iss: 'https://evil.example' } }),
      over: made({ fromMs, untilMs: fromMs + 1000 }),
      'not begun': made({ fromMs: Date.now() + 60_000, untilMs: Date.now() + hourMs }),
      'for nine hours': made({ fromMs, untilMs: fromMs + 9 * hourMs }),
      'two names': signedAnew(
        made(),
        [sshString(name('alice')), sshString(Buffer.concat([name('alice'), name('bob')]))],
        signer,
      ),
      'every name': signedAnew(made(), [sshString(name('alice')), sshString('')], signer),
      'a forced command': withOptions('force-command', 'id'),
      'an address, which a device cannot know': withOptions('source-address', '127.0.0.1'),
      'a changed name': signedAnew(made(), [name('alice'), name('bobby')], own),
    };
    for (const [what, wire] of Object.entries(refused)) {
      await has(wire);
      const { code, stderr } = await comes('-o', 'ConnectTimeout=20');
      assert.deepEqual(
        [code, /Permission denied/.test(stderr.toString())],
        [255, true],
        `${what}: ${stderr}`,
      );
    }
    // What the two helpers sign is taken, where nothing is wrong with it.
    await has(
      signedAnew(made({ fromMs, untilMs }), [options(Buffer.alloc(0)), options(Buffer.alloc(0))], signer),
    );
    assert.match((await comes()).stdout.toString(), /^Hello alice\./);
  });

  test('is cut while it lives: when the signer, the identity, or the permission of the device is gone', async () => {
    await has(made());
    for (const less of [
      { certificateKeys: [] },
      { oidc: [{ ...identity, sub: 'another' }] },
      { operators: { bob: ['bob'] } },
      { access: {} },
    ] satisfies AccessChange[]) {
      const over = (await staysIn()).cut();
      await rig.use({ ...change, ...less });
      await over;
      assert.deepEqual(rig.server.people, []);
    }
  });

  test('is cut when its time is over, with no pass: also where the clock is put forward or back meanwhile', async () => {
    for (const [ahead, passed] of [
      [hourMs, 0],
      [-hourMs, hourMs],
    ] as const) {
      Object.assign(clock, { aheadMs: 0, passedMs: 0 });
      await has(made());
      const over = (await staysIn()).cut();
      Object.assign(clock, { aheadMs: ahead, passedMs: passed });
      await over;
    }
    Object.assign(clock, { aheadMs: 0, passedMs: 0 });
  });
});
