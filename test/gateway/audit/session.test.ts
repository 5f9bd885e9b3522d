/** The gateway as a program, a device that comes by its tunnel, and a person with stock ssh: what of it stands in the log; and a log that is damaged. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SshTunnelController } from '../../../agent/tunnel/tunnel-controller.ts';
import { createDialler } from '../../../core/io/https/https-dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { towline } from '../../cli/towline.ts';
import { startShellServer } from '../access/shell-server.ts';
import { git, testDevice } from '../rig/gateway.ts';
import { command, deviceFile, fleetFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';

const device = testDevice('pump-1');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const cleanUp = new AsyncDisposableStack();
let fleet: TestFleet;
let gateway: GatewayProgram;
let pins: { readonly tlsPins: readonly string[]; readonly sshHostKeys: readonly string[] };

before(async () => {
  fleet = cleanUp.use(await TestFleet.make([device]));
  const { auditKey, gateway: made } = readFields((await fleet.init('--json')).stdout);
  const { tlsPins, sshHostKeys } = fieldsOf(made);
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : assert.fail());
  pins = { tlsPins: texts(tlsPins), sshHostKeys: texts(sshHostKeys) };
  await fleet.repository.commit({
    signer: fleet.operator,
    files: {
      'fleet.yaml': `${fleetFile}audit: {keys: ["${String(auditKey)}"]}\n`,
      'devices/pump-1.yaml': deviceFile(device, ['tunnel: open']),
    },
  });
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  assert.equal((await fleet.push(gateway)).code, 0);
});
after(() => cleanUp.disposeAsync());

/** SIGTERM commits what waits: a minute has not passed. */
async function again(): Promise<void> {
  gateway.signal('SIGTERM');
  assert.equal(await gateway.ended(), 0);
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
}

async function entries() {
  const place = ['--repo', fleet.repository.path, '--telemetry', fleet.telemetryGit];
  const { output, errors, code } = await towline(['audit', '--json', ...place]);
  assert.equal(code, 0, errors);
  return output.trim().split('\n').map(readFields);
}

test('a session of a person at a device stands in the log when it begins and when it ends: who, where, from where, how much', async () => {
  await makeKeyFile(join(fleet.folder, 'host'));
  const server = await startShellServer(join(fleet.folder, 'host'), `${fleet.operator.file}.pub`);
  const address = `127.0.0.1:${gateway.devices}`;
  const { tlsKey: key, tlsCertificate: certificate, sshKey } = device.keys;
  const dialler = createDialler({ gateways: [{ address, ...pins }], key, certificate, log: silent });
  const controller = new SshTunnelController({
    ...{ dialler, device: device.id, sshKey, server, log: silent },
    ...{ clock: createSystemClock(), random: () => 0 },
  });
  cleanUp.defer(() => controller.stop());
  await controller.open(openTunnel({}), AbortSignal.timeout(20_000));
  const flags = sshFlags(fleet.operator);
  const jump = ['ssh', ...flags, '-p', String(gateway.people), '-W', 'pump-1:22', 'towline@127.0.0.1'];
  const asked = [...flags, '-o', `ProxyCommand=${jump.join(' ')}`, 'root@pump-1', 'echo here'];
  const { stdout, stderr, code } = await command('ssh', asked);
  assert.deepEqual([code, stdout], [0, 'here\n'], stderr);
  await controller.stop();
  await eventually(() =>
    fleet.audited().some(({ action, outcome }) => action === 'tunnel' && outcome === 'ended'),
  );
  await again();
  const all = await entries();
  const ofSession = all.filter(({ type }) => type === 'session');
  assert.deepEqual(
    ofSession.map(({ what, state, device: at, person, from }) => [what, state, at, person, from]),
    ['allowed', 'ended'].map(state => ['reach pump-1:22', state, 'pump-1', 'alice', '127.0.0.1']),
  );
  assert.match(String(ofSession[1]?.words), /bytesToDevice \d+, bytesFromDevice \d+/);
  const tunnels = all.filter(({ type, what }) => type === 'tunnel' && what === 'tunnel');
  assert.deepEqual(
    tunnels.map(({ state, device: at, person }) => [state, at, person]),
    ['allowed', 'ended'].map(state => [state, 'pump-1', undefined]),
  );
});

test('a gateway whose audit branch is damaged serves devices, says so everywhere, and has lost nothing once it is back', async () => {
  const before = await entries();
  gateway.signal('SIGKILL');
  await gateway.ended();
  const copy = join(fleet.folder, 'copy.git');
  cpSync(fleet.telemetryGit, copy, { recursive: true });
  const tip = git(['rev-parse', 'refs/heads/audit'], { cwd: fleet.telemetryGit }).trim();
  const file = join(fleet.telemetryGit, 'objects', tip.slice(0, 2), tip.slice(2));
  rmSync(file);
  writeFileSync(file, '');
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  await gateway.line('the audit log is not committed');
  const client = gateway.client(device);
  assert.equal((await client.ask('/fleet.git/info/refs?service=git-upload-pack')).status, 200);
  client[Symbol.dispose]();
  const internal = `http://127.0.0.1:${gateway.internal}`;
  assert.equal((await fetch(`${internal}/livez`)).status, 200);
  const health = await fetch(`${internal}/healthz`);
  assert.equal(health.status, 503);
  const { audit } = readFields(await health.text());
  assert.match(String(fieldsOf(audit).error), /the branch audit of .*telemetry\.git/);
  assert.match(await (await fetch(`${internal}/metrics`)).text(), /^towline_gateway_audit_up 0$/m);
  using stranger = gateway.client(testDevice('stranger'));
  assert.equal((await stranger.ask('/v1/hints')).status, 403);
  assert.equal((await fleet.push(gateway)).code, 0);
  const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/audit.md'), 'utf8');
  const [, lines = ''] = /^```\n(find [^`]+)```$/m.exec(page) ?? [];
  const typed = lines.replace('COPY', copy);
  assert.equal((await command('sh', ['-euc', typed], { cwd: join(fleet.folder, 'state') })).code, 0);
  await again();
  await again();
  const all = await entries();
  const fresh = all.slice(before.length).map(({ type, what }) => `${String(type)} ${String(what)}`);
  for (const expected of ['refusal hints', 'login login', 'gateway audit.moved'])
    assert.ok(fresh.includes(expected), fresh.join('\n'));
  const up = await fetch(`http://127.0.0.1:${gateway.internal}/healthz`);
  assert.equal(up.status, 200);
  assert.deepEqual(
    readdirSync(join(fleet.folder, 'state/audit')).filter(
      name => readFileSync(join(fleet.folder, 'state/audit', name), 'utf8') === '',
    ),
    [],
  );
});
