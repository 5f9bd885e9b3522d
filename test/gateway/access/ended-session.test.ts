import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2, { type ClientChannel } from 'ssh2';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { type AccessFleet, accessView } from './access-view.ts';
import { FakeDevice } from './fake-device.ts';
import { type ShellServer, startShellServer } from './shell-server.ts';

const services = [
  { app: 'shop', service: 'web' },
  { app: 'shop', service: 'db' },
];
const viaGateway = { operators: ['alice'], services: ['shop.web'] };
const open: AccessFleet = { access: { services, viaGateway } };

describe('a session that the gateway ends', () => {
  let keys: string;
  let rig: Rig;
  let device: FakeDevice;
  let agent: ShellServer;
  let config: string;
  before(async () => {
    keys = await mkdtemp(join(tmpdir(), 'tl-ended-'));
    await makeKeyFile(join(keys, 'access'));
    rig = await Rig.start({ accessKeyFile: join(keys, 'access') });
    rig.view.publish(await accessView(rig.folder, open));
    agent = await startShellServer(join(rig.folder, 'device'), join(keys, 'access.pub'));
    device = await FakeDevice.connect(rig, stream => agent.accept(stream));
    config = await rig.clientConfig();
  });
  after(async () => {
    device[Symbol.dispose]();
    await rig[Symbol.asyncDispose]();
    await rm(keys, { recursive: true, force: true });
  });
  const publish = async (fleet: AccessFleet) => rig.view.publish(await accessView(rig.folder, fleet));
  const run = (user: string, command: readonly string[], input: Uint8Array | string = '') =>
    rig.run('ssh', ['-F', config, '-T', '-l', user, 'gw', ...command], input);

  /** A client that does what stock ssh does only at a terminal. */
  const shell = async (user: string): Promise<{ client: ssh2.Client; channel: ClientChannel }> => {
    const client = new ssh2.Client();
    client.on('error', () => {});
    const ready = once(client, 'ready');
    const { port } = rig.people.address;
    const privateKey = await readFile(join(rig.folder, 'alice'), 'utf8');
    client.connect({ host: '127.0.0.1', port, username: user, privateKey, hostVerifier: () => true });
    await ready;
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell({ cols: 91, rows: 31, term: 'xterm' }, (error, one) =>
        error ? reject(error) : resolve(one),
      );
    });
    return { client, channel };
  };

  test('carries a command: what is typed to its end, both outputs whole, and the exit code; the device is told for whom', async () => {
    const input = randomBytes(1_000_000);
    const { code, stdout, stderr } = await run('web+pump-17', ['cat; echo aside >&2; exit 7'], input);
    assert.equal(code, 7);
    assert.ok(stdout.equals(input));
    assert.equal(stderr, 'aside\n');
    assert.equal(agent.users.at(-1), 'via+alice+web');
    const seen = () => rig.audits.filter(({ action }) => action === 'session web+pump-17');
    await eventually(() => seen().length === 2);
    assert.deepEqual(
      seen().map(({ outcome, who, details }) => ({ outcome, who, exitCode: details?.exitCode })),
      [
        { outcome: 'allowed', who: 'alice', exitCode: undefined },
        { outcome: 'ended', who: 'alice', exitCode: 7 },
      ],
    );
  });

  test('carries a terminal, its sizes and signals; the environment stays where it is', async () => {
    const { client, channel } = await shell('shop.web+pump-17');
    const shown = () => rig.tunnels.presence.of('pump-17').map(({ operator, to }) => `${operator} ${to}`);
    await eventually(() => shown().length === 1);
    assert.deepEqual(shown(), ['alice shop.web+pump-17 (via gateway)']);
    channel.write('typed');
    assert.equal(String((await once(channel, 'data'))[0]), 'typed');
    channel.setWindow(40, 100, 0, 0);
    channel.signal('INT');
    const [code] = await once(channel, 'exit');
    assert.equal(code, 130);
    assert.deepEqual(agent.told, ['pty 91x31', 'size 100x40', 'signal INT']);
    client.end();
    await eventually(() => shown().length === 0);
  });

  test('is cut by the commit that takes it away', async () => {
    for (const without of [
      { access: { services } },
      { access: { services, viaGateway: { ...viaGateway, services: ['shop.db'] } } },
      { ...open, tunnel: undefined },
      { ...open, operators: [] },
    ] satisfies AccessFleet[]) {
      await publish(open);
      if (rig.tunnels.list().length === 0) {
        device[Symbol.dispose]();
        device = await FakeDevice.connect(rig, stream => agent.accept(stream));
      }
      const { client, channel } = await shell('web+pump-17');
      channel.write('x');
      await once(channel, 'data');
      const closed = once(client, 'close');
      const ended = Promise.race([once(channel, 'close'), closed]);
      await publish(without);
      await ended;
      client.destroy();
    }
    await publish(open);
    device[Symbol.dispose]();
    device = await FakeDevice.connect(rig, stream => agent.accept(stream));
  });

  test('that is taken away while the device is asked does not begin', async () => {
    device[Symbol.dispose]();
    device = await FakeDevice.connect(rig, stream => {
      publish({ access: { services } }).then(
        () => agent.accept(stream),
        () => stream.destroy(),
      );
    });
    const { code, stdout, stderr } = await run('web+pump-17', ['echo in']);
    assert.deepEqual([code, stdout.toString()], [1, '']);
    assert.match(stderr, /ACCESS_VIA_GATEWAY/);
    await publish(open);
    device[Symbol.dispose]();
    device = await FakeDevice.connect(rig, stream => agent.accept(stream));
  });

  for (const [name, user, fleet, message] of [
    ['a service that is not in `viaGateway`', 'db+pump-17', open, /ACCESS_VIA_GATEWAY/],
    [
      'an operator who is not',
      'web+pump-17',
      { access: { services, viaGateway: { ...viaGateway, operators: ['bob'] } } },
      /ACCESS_VIA_GATEWAY/,
    ],
    ['a device that says nothing of it', 'web+pump-17', { access: { services } }, /ACCESS_VIA_GATEWAY/],
    ['a service that is not there', 'x+pump-17', open, /GATEWAY_DEVICE_UNREACHABLE/],
    ['a device that is not there', 'web+pump-99', open, /GATEWAY_DEVICE_UNREACHABLE/],
    [
      'a closed tunnel',
      'web+pump-17',
      { ...open, tunnel: undefined, operators: ['alice'] },
      /GATEWAY_TUNNEL_CLOSED/,
    ],
  ] satisfies [string, string, AccessFleet, RegExp][]) {
    test(`is refused with words: ${name}`, async () => {
      const before = agent.users.length;
      await publish(fleet);
      const { code, stdout, stderr } = await run(user, ['echo in']);
      assert.equal(code, 1);
      assert.equal(stdout.length, 0);
      assert.match(stderr, message);
      assert.equal(agent.users.length, before);
      await publish(open);
    });
  }

  test('has no subsystem: files go by the jump', async () => {
    const { code, stderr } = await rig.run('ssh', ['-F', config, '-s', '-l', 'web+pump-17', 'gw', 'sftp']);
    assert.equal(code, 1);
    assert.match(stderr, /sftp does not go through a session that the gateway ends: come by the jump/);
  });
});

test('what answers in a device’s tunnel with another key than the device’s is given nothing', async () => {
  const keys = await mkdtemp(join(tmpdir(), 'tl-ended-'));
  await makeKeyFile(join(keys, 'access'));
  await using rig = await Rig.start({ accessKeyFile: join(keys, 'access') });
  rig.view.publish(await accessView(rig.folder, open));
  const swapped = await startShellServer(join(rig.folder, 'stranger'), join(keys, 'access.pub'));
  using _device = await FakeDevice.connect(rig, stream => swapped.accept(stream));
  const args = ['-F', await rig.clientConfig(), '-T', '-l', 'web+pump-17', 'gw', 'echo in'];
  const { code, stderr } = await rig.run('ssh', args);
  assert.equal(code, 1);
  assert.match(stderr, /ACCESS_DEVICE_KEY/);
  assert.deepEqual(swapped.users, []);
  await rm(keys, { recursive: true, force: true });
});

test('a gateway without a key of its own ends no sessions, and says so', async () => {
  await using rig = await Rig.start();
  rig.view.publish(await accessView(rig.folder, open));
  const args = ['-F', await rig.clientConfig(), '-T', '-l', 'web+pump-17', 'gw', 'echo in'];
  const { code, stderr } = await rig.run('ssh', args);
  assert.equal(code, 1);
  assert.match(stderr, /this gateway ends no sessions of devices/);
});
