/** A gateway without keys shows a device twins of what people signed; then it serves honest main, and the device follows. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { formatToken } from '../../core/enrolment/token.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';
import { walkFrom } from '../rig/trust-walk.ts';
import { twinOf, twinsOf } from '../rig/twins.ts';

describe('a device that was shown twins', () => {
  let rig: AgentRig;
  let good: string;
  before(async () => {
    rig = await AgentRig.start();
    good = await rig.release('1.0', rig.images.one);
  });
  after(() => rig[Symbol.asyncDispose]());

  async function trusts(commit: string): Promise<void> {
    const { code, stdout, stderr } = await rig.once();
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const { trusted, stopped } = JSON.parse(stdout) as { trusted: string; stopped: unknown };
    assert.deepEqual([trusted, stopped], [commit, null]);
  }

  test('follows main in one pass, with what runs untouched', async () => {
    const head = await rig.commit({ files: { 'README.md': 'main\n' } });
    const [twin = ''] = (await twinsOf(rig.fleet, good)).values();
    await rig.fleet.setBranch(twin);
    await trusts(twin);
    const running = await rig.containers();
    assert.equal(running.length, 2);
    await rig.fleet.setBranch(head);
    await trusts(head);
    assert.deepEqual(await rig.containers(), running);
    good = head;
  });

  test('follows main when its store was lost, and the twin with it', async () => {
    const head = await rig.commit({ parents: [good], files: { 'README.md': 'signed\n' } });
    const next = await rig.commit({ files: { 'README.md': 'next\n' } });
    const twin = await twinOf(rig.fleet, head);
    await rig.fleet.setBranch(twin);
    await trusts(twin);
    await rig.fleet.setBranch(next);
    await rm(path.join(rig.stateDirectory, 'store'), { recursive: true });
    await trusts(next);
    good = next;
  });

  test('follows main when its walk began at a twin, by the token of somebody who was shown it', async () => {
    const head = await rig.commit({ parents: [good], files: { 'README.md': 'again\n' } });
    const twin = await twinOf(rig.fleet, head);
    const { trusted } = await walkFrom(rig.fleet, rig.anchor).walk(twin);
    const { privateKey } = generateKeyPairSync('ed25519');
    const token = formatToken({
      fleet: 'acme',
      device: rig.device,
      gateways: [rig.server.gateway],
      anchor: twin,
      trusted,
      oneTimeKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
      expiresMs: Date.now() + 3_600_000,
    });
    const program = path.join(import.meta.dirname, '..', '..', 'agent', 'main.ts');
    const args = [program, 're-anchor', token, '--config', rig.configFile];
    await promisify(execFile)(process.execPath, args);
    await trusts(await rig.commit({ parents: [head], files: { 'README.md': 'on\n' } }));
  });
});
