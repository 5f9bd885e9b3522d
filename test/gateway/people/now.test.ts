/** `towline now` over a real gateway: devices that listen hear it, and who may not ring rings at nobody. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { Bell } from '../../../gateway/device-port/bell.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { towline } from '../../cli/towline.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { testDevice } from '../rig/gateway.ts';
import { command, deviceFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';

const [one, two, gone] = [testDevice('pump-1'), testDevice('pump-2'), testDevice('pump-3')];

describe('towline now', () => {
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let bob: SshKey;
  before(async () => {
    fleet = await TestFleet.make([one, two]);
    bob = await makeSshKey();
    await fleet.repository.commit({
      files: {
        'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\ntunnels: [{ devices: [pump-2] }]\n`,
        'devices/pump-1.yaml': deviceFile(one, ['labels: { site: berlin }']),
        'devices/pump-3.yaml': deviceFile(gone, ['revoked: true']),
      },
      signer: fleet.operator,
    });
    await fleet.init();
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bob.remove();
  });

  const now = (key: SshKey, ...words: string[]) =>
    towline(
      [
        ...['now', '--repo', fleet.repository.path],
        ...['--gateway', `ssh://towline@127.0.0.1:${gateway.people}`, ...words],
      ],
      { GIT_SSH_COMMAND: `ssh ${sshFlags(key).join(' ')}` },
    );
  /** What a device hears. */
  async function listening() {
    const client = gateway.client(one);
    const request = client.open('/v1/hints');
    request.on('error', () => undefined);
    request.end();
    const [answer]: IncomingMessage[] = await once(request, 'response');
    assert.ok(answer !== undefined);
    answer.on('error', () => undefined).setEncoding('utf8');
    // How long to wait before it comes back.
    await once(answer, 'data');
    return { heard: () => once(answer, 'data'), [Symbol.dispose]: () => client[Symbol.dispose]() };
  }

  test('rings at a device that listens, says of another that it does not, and is in the audit log', async () => {
    using device = await listening();
    const heard = device.heard();
    const { code, output, errors } = await now(fleet.operator, 'pump-1', 'pump-2');
    assert.equal(errors, '');
    assert.equal(
      output,
      'pump-1: listens, and was told to look\npump-2: does not listen now: it looks when its schedule says so\n',
    );
    assert.equal(code, 1);
    assert.deepEqual(await heard, ['event: look\ndata:\n\n']);
    const [, , ...words] = guideLine('looking', 'towline now -l');
    const selected = await now(fleet.operator, ...words, '--json');
    assert.deepEqual(JSON.parse(selected.output), { devices: [{ device: 'pump-1', state: 'rung' }] });
    assert.equal(selected.code, 0);
    const [both, single] = fleet.audited().filter(({ action }) => String(action).startsWith('now'));
    assert.deepEqual(
      [both?.who, both?.outcome, both?.details],
      ['alice', 'allowed', { devices: 2, rung: 1, 'not-listening': 1, 'too-often': 0, refused: 0 }],
    );
    assert.equal(single?.action, 'now pump-1');
  });

  test('who does not reach a device and pushes nothing rings at nobody there, and learns not whether it exists', async () => {
    using device = await listening();
    let heard = false;
    const ringing = device.heard().then(() => {
      heard = true;
    });
    const { output, code } = await now(bob, 'pump-1', 'pump-2');
    assert.match(output, /^pump-1: was not told: GATEWAY_DEVICE_UNREACHABLE\npump-2: does not listen now/);
    assert.equal(code, 1);
    const asked = ['127.0.0.1', 'now pump-1 pump-99'] as const;
    const raw = await command('ssh', [
      ...sshFlags(bob),
      '-p',
      `${gateway.people}`,
      '-l',
      'towline',
      ...asked,
    ]);
    const states = raw.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.deepEqual(
      states.map(({ state, code: why }) => [state, why]),
      Array(2).fill(['refused', 'GATEWAY_DEVICE_UNREACHABLE']),
    );
    assert.match(
      (await now(fleet.operator, 'pump-3')).output,
      /pump-3: was not told: GATEWAY_DEVICE_REVOKED/,
    );
    assert.equal(heard, false);
    await now(fleet.operator, 'pump-1');
    await ringing;
  });

  test('who names devices without end, of which they reach none, is told to wait, and fills no log', async () => {
    const names = Array.from({ length: 500 }, (_, at) => `none-${at}`).join(' ');
    const ask = async () => {
      const flags = [...sshFlags(bob), '-p', `${gateway.people}`, '-l', 'towline'];
      const { stdout } = await command('ssh', [...flags, '127.0.0.1', `now ${names}`]);
      return stdout.split('\n').filter(line => line.includes('"too-often"')).length;
    };
    const waiting: number[] = [];
    for (let times = 0; times < 8; times += 1) waiting.push(await ask());
    assert.equal(waiting[0], 0);
    assert.equal((waiting.at(-1) ?? 0) > 100, true, `${waiting}`);
    // Half a minute's may have come back in between.
    const told = fleet
      .audited()
      .filter(({ who, details }) => who === 'bob' && Object(details).devices === 500);
    assert.equal(told.length >= 4 && told.length <= 8, true, `${told.length}`);
  });

  test('nothing, or what is not there, is refused before anybody is asked; a gateway that is away is 6', async () => {
    assert.match((await now(fleet.operator)).errors, /^CLI_USAGE which devices/);
    assert.match((await now(fleet.operator, 'pmup-1')).errors, /^CLI_NO_SUCH_DEVICE .*did you mean pump-1/);
    assert.equal((await now(fleet.operator, 'pump-1', '--gateway', 'ssh://a@127.0.0.1:9')).code, 6);
  });
});

test('a device is rung at a dozen times in a minute at most, whoever asks', () => {
  let rung = 0;
  const clock = { ...createSystemClock(), monotonic: () => 0 };
  const ring = () => {
    rung += 1;
    return true;
  };
  const bell = new Bell({ ring }, clock);
  const said = Array.from({ length: 14 }, () => bell.ring('pump-1'));
  assert.equal(rung, 12);
  assert.deepEqual(said.at(-1), { retryAfterSec: 5 });
});
