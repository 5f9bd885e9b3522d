/** `towline agent doctor` and `towline gateway doctor`: of a real gateway, a real engine, and what goes wrong with each. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import { type Engine, ensureEngine } from '../../../lab/machine/engine.ts';
import { entries } from '../../../lab/machine/programs.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { command, fleetFile, GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { guideLine } from '../../rig/guide-line.ts';

interface Told {
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
}

async function doctor(program: 'agent' | 'gateway', ...words: string[]) {
  const entry = program === 'agent' ? entries.agent : entries.gateway;
  const [, , ...typed] = guideLine('looking', `towline ${program} `);
  const flags = ['--disable-warning=ExperimentalWarning', entry, ...typed, '--json', ...words];
  const { code, stdout, stderr } = await command(process.execPath, flags);
  assert.notEqual(stdout, '', stderr);
  const told: { findings: (Told & { id: string })[] } = JSON.parse(stdout);
  return { code, of: new Map<string, Told>(told.findings.map(one => [one.id, one])), stdout };
}

describe('doctor', { timeout: 300_000 }, () => {
  const [device, stranger] = [testDevice('pump-1'), testDevice('pump-2')];
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-doctor-'));
  let engine: Engine;
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let pin = '';
  const secret = 'hunter2-of-the-proxy';

  before(async () => {
    engine = await ensureEngine();
    fleet = await TestFleet.make([device]);
    const made = fieldsOf(readFields((await fleet.init('--json')).stdout).gateway);
    assert.ok(Array.isArray(made.tlsPins));
    pin = String(made.tlsPins[0]);
    gateway = await GatewayProgram.start(fleet.config);
    // It listens on free ports: what doctor asks is the configuration.
    const config = readFileSync(fleet.config, 'utf8');
    const ports = [gateway.devices, gateway.people, gateway.internal];
    let at = 0;
    writeFileSync(
      path.join(folder, 'gateway.yaml'),
      `${config.replace(/127\.0\.0\.1:0/g, () => `127.0.0.1:${ports[at++]}`)}# password: ${secret}\n`,
    );
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ofGateway = () => doctor('gateway', '--config', path.join(folder, 'gateway.yaml'));
  let count = 0;
  /** A device of its own each time. */
  async function ofAgent(more: object = {}, who = device, words: readonly string[] = []) {
    count += 1;
    const state = path.join(folder, `state-${count}`);
    mkdirSync(path.join(state, 'keys'), { recursive: true });
    await writeDeviceKeys(path.join(state, 'keys'), who.keys);
    const file = path.join(folder, `agent-${count}.yaml`);
    const config = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device: who.id, anchor: fleet.anchor },
      gateways: [{ address: `127.0.0.1:${gateway.devices}`, tlsPins: [pin] }],
      ...{ stateDirectory: state, runtimeDirectory: path.join(state, 'run'), engineSocket: engine.socket },
      ...more,
    };
    writeFileSync(file, JSON.stringify(config));
    return await doctor('agent', '--config', file, ...words);
  }

  test('a gateway whose key is pinned nowhere serves nobody; once it is, all but the clock is well', async () => {
    const before = await ofGateway();
    assert.match(before.of.get('gateway.pin')?.message ?? '', /nowhere: no device talks to it$/);
    assert.match(before.of.get('gateway.pin')?.remedy ?? '', /towline gateway accept/);
    assert.equal(before.code, 2);
    const text = fleetFile.replace(/sha256:A+=/, pin);
    await fleet.repository.commit({ files: { 'fleet.yaml': text }, signer: fleet.operator });
    assert.equal((await fleet.push(gateway)).code, 0);
    const { of } = await ofGateway();
    const wrong = [...of].filter(([id, { level }]) => level !== 'ok' && !id.startsWith('clock.'));
    assert.deepEqual(wrong, []);
    for (const id of [
      'port.devices',
      'port.people',
      'gateway.health',
      'version.gateway',
      'policy.walk',
      'keys.modes',
      'hooks.installed',
    ])
      assert.equal(of.get(id)?.level, 'ok', id);
  });

  test('a device that lacks nothing is told that no agent runs', async () => {
    const { of, code } = await ofAgent();
    for (const id of [
      'config',
      'keys.read',
      'keys.modes',
      'state.writable',
      'engine.socket',
      'engine.answers',
      'gateway.pin',
      'gateway.admits',
      'clock.skew',
    ])
      assert.equal(of.get(id)?.level, 'ok', `${id}: ${of.get(id)?.message}`);
    assert.match(of.get('agent.runs')?.remedy ?? '', /systemctl start towline-agent/);
    assert.equal(code, 2);
  });

  test('what is wrong at a device is found: another gateway, another device, an engine that is away, a key that others read', async () => {
    const other = await ofAgent({
      gateways: [{ address: `127.0.0.1:${gateway.devices}`, tlsPins: [`sha256:${'A'.repeat(43)}=`] }],
    });
    assert.match(other.of.get('gateway.reached')?.message ?? '', /^AGENT_GATEWAY_PIN /);
    const unknown = await ofAgent({ engineSocket: path.join(folder, 'none.sock') }, stranger);
    assert.match(unknown.of.get('gateway.admits')?.message ?? '', /GATEWAY_KEY_UNKNOWN$/);
    assert.match(unknown.of.get('engine.socket')?.message ?? '', /^there is no /);
    chmodSync(path.join(folder, `state-${count}`, 'keys/ssh'), 0o644);
    const again = await doctor('agent', '--config', path.join(folder, `agent-${count}.yaml`));
    assert.match(again.of.get('keys.modes')?.message ?? '', /^others may read ssh /);
  });

  test('an archive of a device has no key, no password, and what it found', async () => {
    const file = path.join(folder, 'pump-1.tar.gz');
    const proxy = `http://user:${secret}@127.0.0.1:9`;
    const { stdout, of } = await ofAgent({ proxy }, device, ['--bundle', file]);
    assert.equal(of.get('gateway.reached')?.level, 'fail');
    const text = execFileSync('tar', ['-xzOf', file], { encoding: 'utf8' });
    for (const shown of [stdout, text]) {
      assert.ok(!shown.includes(secret));
      assert.ok(!shown.includes(device.keys.sshKey.split('\n')[2] ?? 'none'));
    }
    assert.match(text, /"id": "gateway\.reached"/);
    assert.match(text, /"device": "pump-1"/);
  });

  test('a gateway that does not run is found', async () => {
    gateway.signal('SIGKILL');
    await gateway.ended();
    const { of, code } = await ofGateway();
    for (const id of ['port.devices', 'port.people', 'gateway.health'])
      assert.equal(of.get(id)?.level, 'fail', id);
    assert.equal(code, 2);
  });
});
