/** What a page is told while it is open: rows that change, once each; nothing of another's; and how it goes on after a cut. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { EventReader } from '../rig/event-reader.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { ServedPortal } from '../rig/served-portal.ts';

describe('a page that follows the fleet', () => {
  let portal: ServedPortal;
  before(async () => {
    portal = await ServedPortal.start();
  });
  after(() => portal[Symbol.asyncDispose]());

  const follow = async (client: PortalClient, query: string, last?: string) =>
    new EventReader(await client.open(`/api/v1/live?${query}`, { headers: { 'last-event-id': last } }));
  const idsIn = (data: Record<string, unknown>) => (data.rows as { id: string }[]).map(({ id }) => id);

  test('is told the rows that it shows, and then those of them that change', async () => {
    portal.rows.put(['pump-1', 'well'], ['pump-2', 'well'], ['pump-3', 'well']);
    const reader = await follow(portal.logIn('alice'), 'ids=pump-1,pump-2');
    const [first] = await reader.until(({ length }) => length > 0);
    assert.deepEqual(idsIn(first?.data ?? {}), ['pump-1', 'pump-2']);
    portal.rows.put(['pump-3', 'failed'], ['pump-2', 'failed']);
    const [, second] = await reader.until(({ length }) => length > 1);
    assert.deepEqual(second?.data.rows, [{ id: 'pump-2', s: 'failed' }]);
    reader.leave();
  });

  test('is told once of what changes often, as it is at the end', async () => {
    const reader = await follow(portal.logIn('alice'), 'ids=pump-1');
    await reader.until(({ length }) => length > 0);
    for (let at = 0; at < 50; at += 1) portal.rows.put(['pump-1', `state-${at}`]);
    await reader.until(events => JSON.stringify(events.at(-1)?.data.rows).includes('state-49'));
    assert.ok(reader.events.length <= 4, `${reader.events.length} events`);
    reader.leave();
  });

  test('goes on where it was cut off, with what it missed alone', async () => {
    const client = portal.logIn('alice');
    const reader = await follow(client, 'ids=pump-1,pump-2');
    const [first] = await reader.until(({ length }) => length > 0);
    reader.leave();
    portal.rows.put(['pump-2', 'changed-meanwhile']);
    const again = await follow(client, 'ids=pump-1,pump-2', first?.id);
    const [missed] = await again.until(({ length }) => length > 0);
    assert.deepEqual(idsIn(missed?.data ?? {}), ['pump-2']);
    again.leave();
  });

  test('begins anew where the program has, whatever it says it had', async () => {
    for (const last of ['abcdefgh.999', 'x', '../..', '9'.repeat(1000)]) {
      const reader = await follow(portal.logIn('alice'), 'ids=pump-1,pump-2', last);
      const [first] = await reader.until(({ length }) => length > 0);
      assert.deepEqual(idsIn(first?.data ?? {}), ['pump-1', 'pump-2']);
      reader.leave();
    }
  });

  test('that reads the repository alone is not told what a device says', async () => {
    const reader = await follow(portal.logIn('bob', ['pump-1']), 'ids=pump-1,pump-2');
    const [first] = await reader.until(({ length }) => length > 0);
    assert.deepEqual(idsIn(first?.data ?? {}), ['pump-1']);
    portal.rows.put(['pump-2', 'secret'], ['pump-1', 'seen']);
    await reader.until(({ length }) => length > 1);
    assert.ok(!JSON.stringify(reader.events).includes('pump-2'));
    reader.leave();
  });

  test('is cut at once when its login ends, and is no one then', async () => {
    const client = portal.logIn('alice');
    const reader = await follow(client, 'ids=pump-1');
    await reader.until(({ length }) => length > 0);
    portal.end(client);
    await reader.over();
    assert.equal((await client.api('/live?ids=pump-1')).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('has the device asked to send what it has while it is shown, and not longer', async () => {
    portal.tips.set('pump-1', 'a'.repeat(40));
    const reader = await follow(portal.logIn('alice'), 'device=pump-1');
    await reader.until(({ length }) => length > 0);
    assert.deepEqual(portal.looked, ['pump-1']);
    portal.tips.set('pump-1', 'b'.repeat(40));
    for (const moved of portal.moves) moved('pump-1');
    const [, second] = await reader.until(({ length }) => length > 1);
    assert.deepEqual(second?.data, { device: 'pump-1', tip: 'b'.repeat(40) });
    reader.leave();
    await eventually(() => portal.looked.length === 0 && portal.moves.size === 0);
  });

  test('of another’s device has one answer with one of a device that is none', async () => {
    portal.tips.set('pump-9', 'a'.repeat(40));
    const client = portal.logIn('bob', ['pump-1']);
    const [other, none, odd] = await Promise.all(
      ['pump-9', 'pump-8', '..%2f'].map(device => client.api(`/live?device=${device}`)),
    );
    assert.deepEqual([other?.status, other?.text], [404, none?.text]);
    assert.equal(odd?.status, 404);
  });

  test('leaves nothing behind when it goes', async () => {
    await eventually(() => portal.live.size === 0 && portal.rows.listeners === 0);
  });
});
