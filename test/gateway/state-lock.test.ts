import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDevice } from './rig/gateway.ts';
import { GatewayProgram, TestFleet } from './rig/program.ts';

test('a second gateway on the same state directory refuses, names the first, and leaves it and its pushes alone', async () => {
  await using fleet = await TestFleet.make([testDevice('pump-1')]);
  await fleet.init();
  await using first = await GatewayProgram.start(fleet.config);
  const refusal = await GatewayProgram.start(fleet.config).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(refusal, /"code":"GATEWAY_STATE_IN_USE","remedy":"Stop the other one/);
  assert.match(refusal, new RegExp(`process ${first.pid}\\) uses ${join(fleet.folder, 'state')}`));
  const health = await fetch(`http://127.0.0.1:${first.internal}/healthz`);
  assert.equal(health.status, 200);
});

test('neither SIGKILL nor an end in peace leaves the state directory locked; a lock file by itself says nothing', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  writeFileSync(join(fleet.folder, 'state', 'lock'), '1\n');
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    await using gateway = await GatewayProgram.start(fleet.config);
    assert.equal(readFileSync(join(fleet.folder, 'state', 'lock'), 'utf8'), `${gateway.pid}\n`);
    gateway.signal(signal);
    await gateway.ended();
  }
  await using _again = await GatewayProgram.start(fleet.config);
});

test('two gateways that start at the same moment: exactly one of them runs', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  const started = await Promise.allSettled([1, 2, 3].map(() => GatewayProgram.start(fleet.config)));
  const running = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  for (const gateway of running) await gateway[Symbol.asyncDispose]();
  assert.equal(running.length, 1);
});

test('a port that another gateway has is refused by a code that names the address', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using first = await GatewayProgram.start(fleet.config);
  await using other = await TestFleet.make([]);
  await other.init();
  const config = readFileSync(other.config, 'utf8');
  for (const key of ['devices', 'people', 'internal'] as const) {
    const line = `${key}: 127.0.0.1:${first[key]}`;
    writeFileSync(other.config, config.replace(new RegExp(`${key}: "?127.0.0.1:0"?`), line));
    assert.ok(readFileSync(other.config, 'utf8').includes(line));
    await assert.rejects(
      GatewayProgram.start(other.config),
      new RegExp(`GATEWAY_LISTEN_FAILED.*127.0.0.1:${first[key]}: EADDRINUSE`),
    );
  }
});
