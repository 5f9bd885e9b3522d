/** What answers at a gateway's ports may be anything: it is given up in time, and nothing of it goes on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { shownKeys } from '../../../cli/gateway/shown-keys.ts';

type Answer = (socket: Socket) => void;

const never: Answer = () => undefined;
const garbage: Answer = socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
const halfALine: Answer = socket => socket.write('S');
const lineAfterLine: Answer = socket => {
  const timer = setInterval(() => socket.write('hello\n'.repeat(100)), 5);
  socket.on('close', () => clearInterval(timer));
};

/** A port with the answer; `left` resolves when whoever came has gone: on a busy machine nobody came within the time. */
async function port(answer: Answer) {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    answer(socket);
    // Without a reader its end is not noticed.
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const left = () => new Promise<unknown>(resolve => server.close(resolve));
  return { address: { host: '127.0.0.1', port }, left, [Symbol.dispose]: () => void server.close() };
}

for (const [what, devices, people, timeoutMs] of [
  ['a device port that speaks no TLS', garbage, halfALine, 60_000],
  ['a people’s port that says half a line', never, halfALine, 300],
  ['a people’s port that says line after line', never, lineAfterLine, 300],
] as const)
  test(`${what} is given up in time`, { timeout: 20_000 }, async () => {
    using atDevices = await port(devices);
    using atPeople = await port(people);
    const asked = shownKeys(atDevices.address, atPeople.address, new AbortController().signal, timeoutMs);
    await assert.rejects(asked, { code: 'CLI_GATEWAY_UNREACHABLE' });
    await Promise.all([atDevices.left(), atPeople.left()]);
  });
