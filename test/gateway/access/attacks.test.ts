/** What somebody gets who has taken over the gateway, the provider, or a device: by name what they may, and nothing else. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { enter } from '../../agent/access/person-client.ts';
import { LoginRig } from '../certificates/login-rig.ts';
import { accessView } from './access-view.ts';
import { FakeDevice } from './fake-device.ts';

const services = [
  { app: 'shop', service: 'web' },
  { app: 'shop', service: 'db' },
];

test('a compromised gateway gets no shell beyond viaGateway and certificates', async () => {
  await using device = await AccessRig.start({ engine: 'none' });
  const asGateway = (user: string) => enter(device, user, {}, 'gateway');
  /** What the agent says to a command there. */
  const said = async (user: string): Promise<string> => {
    const { ssh } = await asGateway(user);
    const words = await new Promise<string>((resolve, reject) => {
      ssh.exec('id', (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.stderr.on('data', chunk => {
          text += chunk;
        });
        channel.on('close', () => resolve(text)).resume();
      });
    });
    ssh.end();
    return words;
  };
  const operators = { alice: ['alice'], bob: ['bob'] };
  await device.use({ operators, gatewayKeys: ['gateway'], access: { services } });
  for (const user of ['via+alice+web', 'web', 'via+carol+web', 'via++web'])
    await assert.rejects(asGateway(user));
  const viaGateway = { operators: ['alice'], services: ['shop.web'] };
  await device.use({ operators, gatewayKeys: ['gateway'], access: { services, viaGateway } });
  for (const user of ['via+bob+web', 'web', 'shop.web']) await assert.rejects(asGateway(user));
  assert.doesNotMatch(await said('via+alice+db'), /uid=/);
  await device.use({ operators, access: { services, viaGateway } });
  await assert.rejects(asGateway('via+alice+web'), 'a key that fleet.yaml does not name');
});

test('a compromised provider gets what certificates says and not more', async () => {
  await using made = await LoginRig.start();
  const viaGateway = { operators: ['alice'], services: ['shop.web'] };
  const person = {
    oidc: [{ iss: made.provider.issuer, sub: '248289761001' }],
    tunnels: [{ all: true as const }],
  };
  await made.publish({ person, access: { services, viaGateway } });
  using _device = await FakeDevice.connect(made.rig, stream => void stream.on('error', () => {}).end('in'));
  const key = await made.key('taken');
  await made.logIn(key);
  const config = await made.rig.clientConfig({}, 'taken');
  const run = (...args: string[]) => made.rig.run('ssh', ['-F', config, '-T', ...args]);
  assert.match((await run('gw')).stdout.toString(), /^Hello alice/);
  for (const place of ['pump-17:22', 'pump-17.host:22']) {
    const { code, stdout } = await run('-W', place, 'gw');
    assert.notEqual(code, 0);
    assert.equal(stdout.length, 0);
  }
  assert.match((await run('-l', 'web+pump-17', 'gw', 'id')).stderr, /ACCESS_CERTIFICATE/);
  const refusals = made.rig.audits.filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual([...new Set(refusals.map(({ code }) => code))], ['ACCESS_CERTIFICATE']);
  assert.equal(refusals.length, 3);
  const open = { person, access: { services, certificates: true } };
  const signer = made.rig.view.current.certificateKeys[0];
  await made.publish({ ...open, gateway: { certificateKeys: [`ssh-ed25519 ${signer}`] } });
  assert.equal((await run('-W', 'pump-17:22', 'gw')).stdout.toString(), 'in');
});

test('a compromised device takes no other’s port or name, reaches nothing of the gateway’s network', async () => {
  await using rig = await Rig.start();
  rig.view.publish(await accessView(rig.folder, { others: { 'pump-18': 20018 } }));
  using device = await FakeDevice.connect(rig, stream => void stream.end(), [
    ['towline', 22],
    ['127.0.0.1', 2222],
    ['pump-18', 22],
  ]);
  await eventually(() => rig.tunnels.list().length === 1);
  assert.deepEqual(
    rig.tunnels.list().map(({ device: id }) => id),
    ['pump-17'],
  );
  for (const [host, port] of [
    ['127.0.0.1', rig.people.address.port],
    ['127.0.0.1', 8080],
    ['pump-18', 22],
  ] as const) {
    await assert.rejects(
      new Promise((resolve, reject) => {
        device.client.forwardOut('127.0.0.1', 0, host, port, error => (error ? reject(error) : resolve(0)));
      }),
    );
  }
  await assert.rejects(
    new Promise((resolve, reject) => {
      device.client.exec('id', error => (error ? reject(error) : resolve(0)));
    }),
  );
  const other = new ssh2.Client();
  other.on('error', () => {});
  const closed = new Promise<void>(resolve => other.once('close', () => resolve()));
  other.connect({
    sock: connect(rig.devicePort, '127.0.0.1'),
    username: 'pump-18',
    privateKey: await readFile(join(rig.folder, 'device'), 'utf8'),
    hostVerifier: () => true,
  });
  await closed;
  assert.deepEqual(
    rig.tunnels.list().map(({ device: id }) => id),
    ['pump-17'],
  );
});
