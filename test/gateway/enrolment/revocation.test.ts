import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { encodePacket } from '../../../core/io/git/pkt-line.ts';
import { testDevice } from '../rig/gateway.ts';
import { deviceFile, GatewayProgram, TestFleet } from '../rig/program.ts';
import { codeOf } from '../rig/request.ts';

const oneMinuteMs = 60_000;
const blobBytes = 24 * 1024 * 1024;

function wantAll(head: string): Buffer {
  const lines = ['command=fetch\n', 'object-format=sha1\n'];
  const wants = [`want ${head}\n`, 'done\n'];
  return Buffer.concat([
    ...lines.map(line => encodePacket(line)),
    Buffer.from('0001'),
    ...wants.map(line => encodePacket(line)),
    Buffer.from('0000'),
  ]);
}

test('`revoked: true` cuts hints, tunnel and a fetch under way of that device within one minute, of no other', async () => {
  const [stolen, other] = [testDevice('pump-1'), testDevice('pump-2')];
  await using fleet = await TestFleet.make([stolen, other]);
  const { repository, operator } = fleet;
  const open = ['tunnel: open'];
  const head = await repository.commit({
    signer: operator,
    files: {
      'devices/pump-1.yaml': deviceFile(stolen, open),
      'devices/pump-2.yaml': deviceFile(other, open),
      'apps/big/file': randomBytes(blobBytes),
    },
  });
  assert.equal((await fleet.init()).code, 0);
  await using gateway = await GatewayProgram.start(fleet.config);

  const hold = async (device: typeof stolen) => {
    const client = gateway.client(device);
    const hints = client.open('/v1/hints');
    const hintsAnswered = once(hints, 'response') as Promise<[IncomingMessage]>;
    hints.end();
    const headers = { connection: 'upgrade', upgrade: 'towline-ssh' };
    const tunnel = client.open('/v1/tunnel', { headers });
    const upgraded = once(tunnel, 'upgrade') as Promise<[IncomingMessage, Duplex]>;
    tunnel.end();
    const fetching = client.open('/fleet.git/git-upload-pack', {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' },
    });
    const fetched = once(fetching, 'response') as Promise<[IncomingMessage]>;
    fetching.end(wantAll(head));
    const [stream] = await hintsAnswered;
    const [, socket] = await upgraded;
    const [pack] = await fetched;
    assert.deepEqual([stream.statusCode, pack.statusCode], [200, 200]);
    const held = [
      ['hints', stream],
      ['tunnel', socket],
      ['fetch', pack],
    ] as const;
    const cut = new Set<string>();
    const all = held.map(([name, one]) => {
      one.on('error', () => undefined);
      return new Promise<void>(resolve =>
        one.once('close', () => {
          cut.add(name);
          resolve();
        }),
      );
    });
    stream.resume();
    socket.resume();
    // The pack is read no further: it is under way until the connection ends.
    return { client, cut, pack, ended: Promise.all(all) };
  };

  const thief = await hold(stolen);
  const honest = await hold(other);
  await repository.commit({
    signer: operator,
    files: { 'devices/pump-1.yaml': deviceFile(stolen, [...open, 'revoked: true']) },
  });
  const began = performance.now();
  assert.equal((await fleet.push(gateway)).code, 0);
  // A reader that sleeps hears of the end when it wakes: what had come before is short of the pack.
  let received = 0;
  thief.pack.on('data', (piece: Buffer) => {
    received += piece.length;
  });
  await thief.ended;
  assert.ok(performance.now() - began < oneMinuteMs);
  assert.ok(received < blobBytes, `${received} bytes came`);
  assert.deepEqual([...honest.cut], []);
  const advert = '/fleet.git/info/refs?service=git-upload-pack';
  assert.equal(codeOf(await thief.client.ask(advert)), 'GATEWAY_DEVICE_REVOKED');
  assert.equal((await honest.client.ask(advert)).status, 200);
  thief.client[Symbol.dispose]();
  honest.client[Symbol.dispose]();
});
