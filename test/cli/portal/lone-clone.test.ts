/** `towline portal` in a clone that reaches nobody, as `towline init` leaves it: the fleet is shown, and what is missing is said. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { git, testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile } from '../../gateway/rig/program.ts';
import { DeskPortal } from '../../portal/rig/desk-portal.ts';
import type { PortalClient } from '../../portal/rig/portal-client.ts';
import { loggedInAt } from '../../portal/rig/portal-program.ts';

describe('a clone without a remote, which knows no telemetry', () => {
  let desk: DeskPortal;
  let client: PortalClient;
  before(async () => {
    desk = await DeskPortal.make({
      'devices/pump-1.yaml': deviceFile(testDevice('pump-1')),
      'devices/pump-2.yaml': 'apiVersion: towline/v1\n',
    });
    git(['config', '--unset', 'towline.telemetry'], { cwd: desk.clone });
    git(['remote', 'remove', 'origin'], { cwd: desk.clone });
    client = await loggedInAt(await desk.start());
  });
  after(() => desk[Symbol.asyncDispose]());

  test('shows its own main, why nothing newer comes, and how to have what devices say', async () => {
    const { status, json } = await client.api('/overview');
    assert.equal(status, 200);
    assert.deepEqual(json.sentence, { devices: 2, needs: 0 });
    assert.match(JSON.stringify(json.unreached), /origin/);
    assert.match(JSON.stringify(json.unheard), /git config towline\.telemetry URL/);
  });

  test('a device without keys has not come yet: nobody is sent to accept what it has not stated', async () => {
    const { json } = await client.api('/devices/pump-2');
    assert.equal(json.standing, 'no keys');
    assert.deepEqual(json.why, [
      { words: 'has not come with its token yet', command: 'towline device add pump-2' },
    ]);
    const { json: list } = await client.api('/devices?q=token');
    assert.match(JSON.stringify(list.rows), /"id":"pump-2"/);
  });

  test('what asks the gateway says which setting is missing, and sends nobody to examples of verbs', async () => {
    const { json } = await client.api('/sessions');
    assert.match(JSON.stringify(json.error), /git config towline\.telemetry URL/);
    assert.doesNotMatch(JSON.stringify(json.error), /towline help/);
  });
});
