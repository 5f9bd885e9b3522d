/** What a device without a network has exported comes back by the page: as one push that the device has signed, or not at all. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { writeGitBundleHeader } from '../../../core/io/git/git-bundle.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { git, type TestDevice, testDevice } from '../../gateway/rig/gateway.ts';
import { pack, refOf } from '../../gateway/rig/push.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway } from '../rig/portal-gateway.ts';

const [own, other] = [testDevice('pump-1'), testDevice('pump-2')];

/** A commit as the agent makes it. */
function signed(device: TestDevice, text: string, parent?: string, key = device) {
  return makeStatusCommit({
    ...{ parent, files: new Map([['status.yaml', Buffer.from(text)]]), message: 'status' },
    ...{ device: device.id, fleet: 'acme', timeMs: Date.now(), key: sshKeyOf(key.keys) },
  });
}

type Made = ReturnType<typeof signed>;

/** As `git bundle` writes it. */
function exported(device: TestDevice, commits: readonly Made[], prerequisite?: string): Buffer {
  const head = commits.at(-1)?.id ?? '';
  const header = writeGitBundleHeader({
    prerequisites: prerequisite === undefined ? [] : [prerequisite],
    refs: new Map([[refOf(device), head]]),
  });
  return Buffer.concat([header, pack(...commits.flatMap(({ objects }) => objects))]);
}

describe('a status that somebody has carried', { timeout: 600_000 }, () => {
  let portal: PortalGateway;
  let bob: SshKey;
  let page: PortalClient;
  before(async () => {
    bob = await makeSshKey();
    portal = await PortalGateway.start([own, other]);
    const rights = 'reads: [{ all: true }]\nbundles: [{ devices: [pump-1] }]';
    await portal.commit({
      'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\n${rights}\n`,
    });
    page = await portal.loggedIn(bob);
  });
  after(async () => {
    await portal[Symbol.asyncDispose]();
    await bob.remove();
  });
  const type = { 'content-type': 'application/octet-stream' };
  const send = (body: Uint8Array, client = page) => client.post('/bundles/status', body, type);
  const tip = (device: TestDevice) =>
    git(['rev-parse', '-q', '--verify', refOf(device)], { cwd: portal.fleet.telemetryGit });

  test('is on the device’s branch then, goes on from there, and is nothing new the second time', async () => {
    const first = signed(own, 'one');
    const second = signed(own, 'two', first.id);
    const third = signed(own, 'three', second.id);
    const answer = await send(exported(own, [first, second]));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { device: 'pump-1', head: second.id, isNew: true });
    assert.equal(tip(own).trim(), second.id);
    // With what is there already, and from there alone.
    assert.equal((await send(exported(own, [first, second, third]))).json.isNew, true);
    const fourth = signed(own, 'four', third.id);
    assert.equal((await send(exported(own, [fourth], third.id))).json.head, fourth.id);
    assert.equal((await send(exported(own, [fourth], third.id))).json.isNew, false);
    assert.equal(tip(own).trim(), fourth.id);
    const lines = portal.fleet.audited().filter(({ action }) => action === 'take-back pump-1');
    assert.deepEqual(
      lines.map(({ who, outcome }) => `${who} ${outcome}`),
      ['bob allowed', 'bob allowed', 'bob allowed'],
    );
  });

  test('of a device that this person does not carry for, or that is none, is not taken: one answer', async () => {
    const unknown = testDevice('pump-99');
    for (const device of [other, unknown])
      assert.equal((await send(exported(device, [signed(device, 'x')]))).code, 'GATEWAY_BUNDLE_FORBIDDEN');
    const foreign = await portal.loggedIn();
    const { code } = await send(exported(own, [signed(own, 'x')]), foreign);
    assert.ok(code?.startsWith('GATEWAY_'), code);
    assert.equal((await send(exported(own, []), portal.client())).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('that the device has not signed, or that leaves something out, is not taken, and says why', async () => {
    const at = tip(own).trim();
    assert.equal((await send(exported(own, [signed(own, 'x', at, other)], at))).code, 'TELEMETRY_FORGED');
    const missing = signed(own, 'x', at);
    const behind = signed(own, 'y', missing.id);
    assert.equal((await send(exported(own, [behind], missing.id))).code, 'GATEWAY_PACK_REFUSED');
    assert.equal(tip(own).trim(), at);
  });

  test('what is no export, too large, or sent as a form is refused before anything is kept', async () => {
    for (const [body, code] of [
      [Buffer.from('hello'), 'BUNDLE_FORMAT'],
      [Buffer.alloc(200_000, 'x'), 'BUNDLE_FORMAT'],
      [exported(testDevice('x..y'), [signed(own, 'x')]), 'BUNDLE_FORMAT'],
      [Buffer.concat([exported(own, [signed(own, 'x')]), Buffer.alloc(20 * 1024 ** 2)]), undefined],
    ] as const) {
      const answer = await send(body).catch(() => undefined);
      if (code !== undefined) assert.equal(answer?.code, code);
      else assert.notEqual(answer?.status, 200);
    }
    const form = await page.post('/bundles/status', Buffer.from('x'), { 'content-type': 'text/plain' });
    assert.equal(form.code, 'PORTAL_FOREIGN_ORIGIN');
    const untold = await page.post('/bundles/status', Buffer.from('x'), {
      ...type,
      'x-towline-csrf': undefined,
    });
    assert.equal(untold.code, 'PORTAL_FOREIGN_ORIGIN');
  });
});
