/** People who read nothing of what they ask for: what they hold is bounded, and others are answered as ever. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { EventReader } from '../rig/event-reader.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { ServedPortal } from '../rig/served-portal.ts';

/** More than the system takes in for a reader who reads nothing. */
const list = randomBytes(6_000_000).toString('base64url');
const count = 1000;
const ids = Array.from({ length: 20 }, (_, at) => `pump-${at}`);
const path = `/api/v1/live?ids=${ids.join(',')}`;

describe(`${count} readers who read nothing`, () => {
  let portal: ServedPortal;
  before(async () => {
    portal = await ServedPortal.start({
      endpoints: [
        { method: 'GET', path: '/devices', answer: exchange => exchange.json({ list }) },
        { method: 'GET', path: '/short', answer: exchange => exchange.json({}) },
      ],
      times: { restMs: 5, readMs: 500 },
    });
  });
  after(() => portal[Symbol.asyncDispose]());

  /** Asks, and never reads: the first bytes come into the system's own buffers. */
  const askAndWait = async (client: PortalClient, path: string): Promise<Socket> => {
    const socket = connect({ port: portal.port, host: '127.0.0.1', onread: undefined }).pause();
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const lines = [`Host: ${new URL(portal.origin).host}`, `Authorization: Bearer ${client.bearer}`];
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    return socket;
  };

  test('of lists: one person holds no more than their share, and others are answered meanwhile', async () => {
    const [slow, other] = [portal.logIn('slow'), portal.logIn('other')];
    const before = process.memoryUsage().rss;
    const sockets: Socket[] = [];
    for (let at = 0; at < count; at += 50)
      sockets.push(
        ...(await Promise.all(Array.from({ length: 50 }, () => askAndWait(slow, '/api/v1/devices')))),
      );
    await eventually(() => (portal.server.answered.get(429) ?? 0) >= count - 24);
    assert.equal(portal.server.answers, 24);
    assert.equal((await other.api('/short')).status, 200);
    assert.equal((await slow.api('/short')).code, 'PORTAL_BUSY');
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 24 * 4 * list.length, `${grown} bytes`);
    for (const socket of sockets) socket.destroy();
    await eventually(() => portal.server.answers === 0);
    assert.equal((await slow.api('/short')).status, 200);
  });

  test('of streams: as many as may be are open, and who reads is told as ever', async () => {
    const reader = new EventReader(await portal.logIn('reader').open(path));
    const people = Array.from({ length: 100 }, (_, at) => portal.logIn(`slow-${at}`));
    const slow = (at: number) => people[at % people.length] ?? portal.client();
    const before = process.memoryUsage().rss;
    const sockets: Socket[] = [];
    for (let at = 0; at < count; at += 50)
      sockets.push(
        ...(await Promise.all(Array.from({ length: 50 }, (_, more) => askAndWait(slow(at + more), path)))),
      );
    await eventually(() => (portal.server.answered.get(429) ?? 0) >= 2 * count - 24 - 512);
    assert.equal(portal.live.size, 512);
    for (let round = 0; round < 20; round += 1) {
      portal.rows.put(...ids.map(id => [id, `round-${round}`] as const));
      await reader.until(events => JSON.stringify(events.at(-1) ?? {}).includes(`round-${round}"`));
    }
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 512 * 256 * 1024, `${grown} bytes`);
    reader.leave();
    for (const socket of sockets) socket.destroy();
    await eventually(() => portal.live.size === 0 && portal.server.connections === 0);
  });

  test('of streams with more in them than the system takes: each is cut, and holds one event until then', async () => {
    const slow = portal.logIn('slow');
    const sockets = await Promise.all(Array.from({ length: 8 }, () => askAndWait(slow, path)));
    await eventually(() => portal.live.size === 8);
    let round = 0;
    await eventually(() => {
      round += 1;
      portal.rows.put(...ids.map(id => [id, `${round}${'x'.repeat(20_000)}`] as const));
      return portal.live.size === 0;
    });
    for (const socket of sockets) socket.destroy();
  });
});
