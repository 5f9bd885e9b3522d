import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { OutgoingPackets } from '../../../../core/io/ssh/outgoing-packets.ts';

const payloadBytes = 32 * 1024;
const tagBytes = 16;

/** A peer that takes what is sent only when it is told to. */
function slowTransport() {
  const taken: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const take = (chunks: readonly Buffer[], done: () => void) => {
    waiting.push(() => {
      // What is on the wire is what lies there at this moment.
      taken.push(...chunks.map(chunk => Buffer.from(chunk)));
      done();
    });
  };
  const stream = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => take([chunk], done),
    writev: (all, done) =>
      take(
        all.map(({ chunk }) => chunk),
        done,
      ),
  });
  return { stream, taken, waiting, readOne: () => waiting.shift()?.() };
}

function connection(blockBytes: 8 | 16) {
  const transport = slowTransport();
  const protocol = {
    _onWrite: (_packet: Uint8Array) => {},
    _cipher: { allocPacket: (bytes: number) => Buffer.alloc(4 + blockBytes + tagBytes + bytes) },
  };
  const packets = new OutgoingPackets(protocol, transport.stream);
  packets.keysChanged();
  const send = (content: number) => {
    const packet = protocol._cipher.allocPacket(payloadBytes);
    packet.fill(content, 5, 5 + payloadBytes);
    protocol._onWrite(packet);
  };
  return { ...transport, send };
}

describe('packets of a connection', () => {
  for (const blockBytes of [8, 16] as const) {
    test(`are whole blocks of ${blockBytes}, whose padding nobody can foresee, also where memory is used again`, async () => {
      const { taken, send, readOne } = connection(blockBytes);
      for (let packet = 0; packet < 100; packet += 1) {
        send(packet);
        await turn();
        readOne();
      }
      const paddings = taken.map(packet => {
        const length = packet.readUInt32BE(0);
        assert.equal(packet.length, 4 + length + tagBytes);
        assert.equal(length % blockBytes, 0);
        assert.equal(packet[4], length - 1 - payloadBytes);
        assert.ok((packet[4] ?? 0) >= 4);
        return packet.toString('hex', 5 + payloadBytes, 4 + length);
      });
      assert.equal(new Set(paddings).size, 100);
    });
  }

  test('that wait to be sent are not written over, and those of one turn go out together', async () => {
    const { taken, waiting, send, readOne } = connection(16);
    for (let round = 0; round < 30; round += 1) {
      for (let packet = 0; packet < 5; packet += 1) send((round * 5 + packet) % 251);
      await turn();
      if (round % 3 === 2) readOne();
    }
    assert.ok(waiting.length <= 1);
    while (waiting.length > 0) {
      readOne();
      await turn();
    }
    assert.equal(taken.length, 150);
    for (const [index, packet] of taken.entries()) {
      assert.ok(packet.subarray(5, 5 + payloadBytes).every(byte => byte === index % 251));
    }
  });
});
