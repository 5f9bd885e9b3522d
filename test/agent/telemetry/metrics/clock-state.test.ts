/** Whose word it is how far the clock is off: a real chronyd that only looks on, and a time server that is two seconds and a half ahead. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ClockState } from '../../../../agent/telemetry/metrics/host/clock-state.ts';
import { HostFiles } from '../../../../agent/telemetry/metrics/host/host-files.ts';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { freePort } from '../../../../lab/machine/free-port.ts';
import { unpackedPackages } from '../../../../lab/machine/unpacked-packages.ts';

const aheadSec = 2.5;
/** From 1900 to 1970. */
const eraSec = 2_208_988_800;

function putTime(reply: Buffer, at: number): void {
  const sec = Date.now() / 1000 + aheadSec + eraSec;
  reply.writeUInt32BE(Math.floor(sec), at);
  reply.writeUInt32BE(Math.floor((sec % 1) * 2 ** 32), at + 4);
}

/** NTP (RFC 5905) as far as a client wants it. @returns its port */
async function timeServer(stack: AsyncDisposableStack): Promise<number> {
  const socket = createSocket('udp4');
  stack.defer(() => void socket.close());
  socket.on('message', (asked, from) => {
    const reply = Buffer.alloc(48);
    reply.set([0x24, 1, asked[2] ?? 0, 0xe8]);
    reply.write('GPS', 12, 'latin1');
    for (const at of [16, 32, 40]) putTime(reply, at);
    asked.copy(reply, 24, 40, 48);
    socket.send(reply, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}

test('chrony says how far the clock is off, and which way; until it knows, that it is not set', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-chrony-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o700);
  const { root, environment } = unpackedPackages('chrony', ['chrony']);
  const [server, command] = [await timeServer(stack), await freePort()];
  const file = path.join(folder, 'chrony.conf');
  const configuration = [
    `server 127.0.0.1 port ${server} iburst minpoll -2 maxpoll -2 trust`,
    ...[`cmdport ${command}`, 'bindcmdaddress 127.0.0.1', 'port 0', `pidfile ${folder}/pid`],
  ];
  writeFileSync(file, `${configuration.join('\n')}\n`);
  const env = { ...process.env, ...environment };
  const chronyd: ChildProcess = spawn(
    path.join(root, 'usr/sbin/chronyd'),
    ['-x', '-d', '-U', '-u', 'root', '-f', file],
    { env, stdio: 'ignore' },
  );
  stack.defer(async () => {
    chronyd.kill('SIGKILL');
    await once(chronyd, 'exit');
  });
  const asked: string[] = [];
  const samples = async () => {
    const state = new ClockState({ monotonic: () => 0 }, new HostFiles(folder), async (program, words) => {
      asked.push(program);
      if (program !== 'chronyc') return undefined;
      const own = ['-h', '127.0.0.1', '-p', String(command), ...words];
      try {
        return execFileSync(path.join(root, 'usr/bin/chronyc'), own, {
          env,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch {
        return undefined;
      }
    });
    return new Map((await state.samples()).map(({ name, value }) => [name, value]));
  };
  const first = await waitUntil('an answer', async () => {
    const said = await samples();
    return said.size > 0 ? said : undefined;
  });
  assert.ok(first.has('node_timex_sync_status'));
  const offset = await waitUntil('an offset', async () => {
    const said = await samples();
    return said.get('node_timex_sync_status') === 1 ? said.get('node_timex_offset_seconds') : undefined;
  });
  assert.ok(offset > aheadSec - 0.5 && offset < aheadSec + 0.5, String(offset));
  // Who has chrony is not asked for more.
  asked.length = 0;
  await samples();
  assert.deepEqual(asked, ['chronyc']);
});
