import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { SshKey } from '../../../lab/rig/keys.ts';
import { testDevice } from '../rig/gateway.ts';
import { command, GatewayProgram, TestFleet } from '../rig/program.ts';
import { addOperator, SilentSessions } from './silent-sessions.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';

async function until(what: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(200);
  }
}

async function pushed(fleet: TestFleet, gateway: GatewayProgram, refspec: string): Promise<number> {
  const began = Date.now();
  const { code, stderr } = await fleet.push(gateway, refspec);
  assert.equal(code, 0, stderr);
  return Date.now() - began;
}

async function health(gateway: GatewayProgram): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`http://127.0.0.1:${gateway.internal}/healthz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function started(...operators: [string, 'read' | 'write'][]) {
  const fleet = await TestFleet.make([]);
  const keys: SshKey[] = [];
  for (const [name, may] of operators) keys.push(await addOperator(fleet, name, may));
  await fleet.init();
  const gateway = await GatewayProgram.start(fleet.config);
  return { fleet, gateway, keys };
}

// Each waits for a gateway of its own most of the time.
describe('operators who say nothing', { concurrency: 3 }, () => {
  test('a push and a fetch of others go on while an operator with read only says nothing in many sessions', async () => {
    const { fleet, gateway, keys } = await started(['eve', 'read']);
    await using _fleet = fleet;
    await using _gateway = gateway;
    await using silent = new SilentSessions();
    const [eve] = keys;
    assert.ok(eve);
    await silent.open(8, gateway, eve, "git-upload-pack 'fleet.git'");
    await silent.open(4, gateway, eve, "git-upload-pack 'telemetry.git'");
    assert.ok((await pushed(fleet, gateway, 'main:draft')) < 15_000);
    const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
    const began = Date.now();
    const read = await command('git', ['ls-remote', url], { env: fleet.ssh() });
    assert.equal(read.code, 0, read.stderr);
    assert.ok(Date.now() - began < 15_000);
  });

  test('two operators who say nothing, each in as many sessions as one may have, give way to a third', async () => {
    const { fleet, gateway, keys } = await started(['eve', 'write'], ['mallory', 'write']);
    await using _fleet = fleet;
    await using _gateway = gateway;
    await using silent = new SilentSessions();
    for (const key of keys) await silent.open(6, gateway, key, "git-receive-pack 'fleet.git'");
    assert.ok((await pushed(fleet, gateway, 'main:draft')) < 25_000);
  });

  test('who asks for nothing within seconds is let go, and the audit log says so', async () => {
    const { fleet, gateway, keys } = await started(['eve', 'read']);
    await using _fleet = fleet;
    await using _gateway = gateway;
    await using silent = new SilentSessions();
    const [eve] = keys;
    assert.ok(eve);
    await silent.open(2, gateway, eve, "git-upload-pack 'fleet.git'");
    assert.equal(silent.living, 2);
    await until('they are ended', 30_000, () => silent.living === 0);
    const line = fleet.audited().find(({ code }) => code === 'GATEWAY_SESSION_SILENT');
    assert.deepEqual([line?.who, line?.outcome], ['eve', 'refused']);
  });

  test('who asks, and then does not read the answer, gives way too', async () => {
    const { fleet, gateway, keys } = await started(['eve', 'read'], ['mallory', 'read']);
    await using _fleet = fleet;
    await using _gateway = gateway;
    // 16 MiB that no compression makes smaller, for an answer that fills every buffer on the way.
    await fleet.repository.commit({ signer: fleet.operator, files: { 'large.bin': randomBytes(16 << 20) } });
    await pushed(fleet, gateway, 'main:main');
    const [tip = ''] = (await fleet.repository.git(['rev-parse', 'main'])).split('\n');
    await using silent = new SilentSessions();
    const ask = `0032want ${tip}\n00000009done\n`;
    for (const key of keys) await silent.open(3, gateway, key, "git-upload-pack 'fleet.git'", ask);
    const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
    const began = Date.now();
    const read = await command('git', ['ls-remote', url], { env: fleet.ssh() });
    assert.equal(read.code, 0, read.stderr);
    assert.ok(Date.now() - began < 25_000);
  });

  test('main follows the forge whatever operators do here, and health tells when it does not', async () => {
    const device = testDevice('pump-1');
    await using fleet = await TestFleet.make([device]);
    const eve = await addOperator(fleet, 'eve', 'read');
    await fleet.init();
    const { path } = fleet.repository;
    appendFileSync(fleet.config, `upstream:\n  url: ${path}\n  interval: 5s\n  timeout: 10s\n`);
    await using gateway = await GatewayProgram.start(fleet.config);
    await using silent = new SilentSessions();
    await silent.open(12, gateway, eve, "git-upload-pack 'fleet.git'");
    using client = gateway.client(device);
    const next = await fleet.repository.commit({ signer: fleet.operator, files: { 'x.txt': 'x' } });
    const main = async () => (await client.ask(advert)).body.includes(next);
    await until('main follows', 20_000, main);
    assert.equal((await health(gateway)).status, 200);
  });

  test('a client that works is never let go for having waited long before it asks', async () => {
    const { fleet, gateway } = await started();
    await using _fleet = fleet;
    await using _gateway = gateway;
    // A pre-push hook runs between the advert and the first word of a push.
    const hooks = `${fleet.folder}/hooks`;
    mkdirSync(hooks);
    writeFileSync(`${hooks}/pre-push`, '#!/bin/sh\nsleep 25\n', { mode: 0o700 });
    await fleet.repository.git(['config', 'core.hooksPath', hooks]);
    await pushed(fleet, gateway, 'main:draft');
  });
});
