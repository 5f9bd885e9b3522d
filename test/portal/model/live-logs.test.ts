/** Lines of a device on a page that is open: the device is asked, what it has signed is told, and nobody else is told it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { AskedDevice } from '../../rig/asked-device.ts';
import { EventReader } from '../rig/event-reader.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway } from '../rig/portal-gateway.ts';

const [device, other] = [testDevice('pump-1'), testDevice('pump-2')];

describe('lines of a device as they come', { timeout: 600_000 }, () => {
  let portal: PortalGateway;
  let bob: SshKey;
  let asked: AskedDevice;
  let page: PortalClient;
  const operatorFile = (rights: string) => ({
    'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\n${rights}\n`,
  });
  before(async () => {
    bob = await makeSshKey();
    portal = await PortalGateway.start([device, other]);
    await portal.commit(operatorFile('reads: [{ devices: [pump-1] }]'));
    page = await portal.loggedIn(bob);
    asked = new AskedDevice(portal.gateway, device);
  });
  after(async () => {
    await portal[Symbol.asyncDispose]();
    await bob.remove();
  });
  const follow = async (query: string) => new EventReader(await page.open(`/api/v1/live?${query}`));
  const texts = ({ events }: EventReader) =>
    events.flatMap(({ data }) => (data.lines as { text: string }[]).map(({ text }) => text));

  test('the device is asked while the page is open, and each line is told once, in order', async () => {
    const hints = await asked.listens();
    asked.writes('before anybody looked');
    await asked.sends();
    const reader = await follow('logs=pump-1');
    await reader.until(() => texts(reader).includes('before anybody looked'));
    asked.writes('one\u001b[31m');
    asked.writes('two');
    await reader.until(() => texts(reader).includes('two'));
    assert.ok(asked.asked > 0);
    assert.deepEqual(texts(reader), ['before anybody looked', 'one\u001b[31m', 'two']);
    const { lines, doubtful, leftOut } = reader.events.at(-1)?.data ?? {};
    const [line] = lines as Record<string, unknown>[];
    assert.deepEqual(
      [line?.app, line?.service, line?.container, line?.stream, doubtful, leftOut],
      ['hello', 'web', 'abcdef012345', 'stdout', [], 0],
    );
    reader.leave();
    hints.destroy();
  });

  test('of one service alone, where that is asked for', async () => {
    const reader = await follow('logs=pump-1&service=db');
    asked.writes('of web');
    await asked.sends();
    asked.writes('of db');
    await asked.sends('db');
    await reader.until(() => texts(reader).length > 0);
    assert.deepEqual(texts(reader), ['of db']);
    reader.leave();
  });

  test('more than a page can take at once is cut to the newest, and how many are left out is said', async () => {
    for (let at = 0; at < 1500; at += 1) asked.writes(`many ${at}`);
    const reader = await follow('logs=pump-1');
    await asked.sends();
    await reader.until(() => texts(reader).includes('many 1499'));
    const last = reader.events.at(-1)?.data ?? {};
    assert.ok((last.lines as unknown[]).length <= 500);
    assert.ok(Number(last.leftOut) >= 1000);
    reader.leave();
  });

  test('nobody is told lines of another’s device, one that is none, or without a login: one answer', async () => {
    for (const name of ['pump-2', 'pump-99', '..', 'refs%2fheads', 'x'.repeat(300)])
      assert.equal((await page.api(`/live?logs=${name}`)).code, 'PORTAL_NOT_FOUND', name);
    assert.equal((await portal.client().api('/live?logs=pump-1')).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('the stream ends with the right to read the device', async () => {
    const reader = await follow('logs=pump-1&service=nothing');
    asked.writes('x');
    await portal.commit(operatorFile('reads: [{ devices: [pump-2] }]'));
    await asked.sends();
    await reader.over();
    await eventually(() => portal.fleet.audited().length > 0);
    assert.equal((await page.api('/live?logs=pump-1')).code, 'PORTAL_NOT_FOUND');
  });
});
