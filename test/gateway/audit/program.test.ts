/** The audit log of the gateway as people run it, from who is turned away to the auditor's page: kept, anchored, and verified at a desk. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { generateKey } from 'openpgp';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshEd25519Line } from '../../../core/enrolment/ssh-key-line.ts';
import { formatSignedStatement, signStatement } from '../../../core/enrolment/statement.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { towline } from '../../cli/towline.ts';
import { statusFile } from '../fleet-status/rig.ts';
import { git, testDevice } from '../rig/gateway.ts';
import { command, deviceFile, fleetFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';
import { pushBody, refOf, sendPush, zero } from '../rig/push.ts';

const [device, waiting] = [testDevice('pump-1'), testDevice('pump-2')];
const oneTime = generateKeyPairSync('ed25519');
const oneTimeKey = sshEd25519Line(oneTime.publicKey);
const key = await generateKey({ userIDs: [{ name: 'x' }], format: 'armored' });
const pgp = key.publicKey.replaceAll('\r\n', '\n');
const [old, wanted] = ['sha256:'.padEnd(71, 'a'), 'sha256:'.padEnd(71, 'b')];
const cleanUp = new AsyncDisposableStack();
let fleet: TestFleet;
let gateway: GatewayProgram;
let tip = zero;

/** A status that the device's own key has signed. */
async function say(
  project: Partial<StatusFile['projects'][number]>,
  more: Partial<StatusFile> = {},
): Promise<void> {
  const whole = { app: 'web', project: 'web', services: [], state: 'healthy' } as const;
  const projects: StatusFile['projects'] = [{ ...whole, ...project, services: [] }];
  const status = statusFile(device.id, { fleet: 'acme', projects, ...more });
  const made = makeStatusCommit({
    ...{
      device: device.id,
      fleet: 'acme',
      message: 'status',
      timeMs: Date.now(),
      key: sshKeyOf(device.keys),
    },
    ...{
      parent: tip === zero ? undefined : tip,
      files: new Map([['status.yaml', Buffer.from(JSON.stringify(status))]]),
    },
  });
  using client = gateway.client(device);
  const answer = await sendPush(client, pushBody(tip, made.id, refOf(device), buildPack(made.objects)));
  assert.equal(answer.status, 200);
  tip = made.id;
}

/** A new device states its keys, with the key of its token. */
async function enrol(): Promise<void> {
  const { tls = '', ssh = '' } = waiting.view.file.keys ?? {};
  const statement = { fleet: 'acme', device: waiting.id, oneTimeKey, keys: { tls, ssh, openpgp: pgp } };
  using client = gateway.client(waiting);
  const body = Buffer.from(formatSignedStatement(signStatement(statement, oneTime.privateKey)));
  const headers = { 'content-type': 'text/plain' };
  const answer = await client.ask('/v1/enrolment', { method: 'POST', headers, body });
  assert.equal(answer.status, 200, answer.body.toString('utf8'));
}

/** What the desk reads over SSH, as the operator. */
async function told(...args: string[]) {
  const telemetry = `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;
  const all = ['audit', ...args, '--repo', fleet.repository.path, '--telemetry', telemetry];
  return await towline(all, { GIT_SSH_COMMAND: fleet.ssh().GIT_SSH_COMMAND ?? '' });
}
const entries = async () => {
  const { output, errors, code } = await told('--json');
  assert.equal(code, 0, errors);
  return output.trim().split('\n').map(readFields);
};
const recordsFile = () => join(fleet.folder, 'records.ndjson');
const heads = () =>
  existsSync(recordsFile())
    ? readFileSync(recordsFile(), 'utf8')
        .split('\n')
        .filter(line => line.includes('audit.head'))
    : [];

before(async () => {
  fleet = cleanUp.use(await TestFleet.make([device]));
  const { auditKey } = readFields((await fleet.init('--json')).stdout);
  await fleet.repository.commit({
    signer: fleet.operator,
    files: {
      'fleet.yaml': `${fleetFile}audit: {keys: ["${String(auditKey)}"]}\n`,
      'devices/pump-1.yaml': deviceFile(device, ['tunnel: open']),
      'devices/pump-2.yaml': `apiVersion: towline/v1\nenrolment: {key: ${oneTimeKey}, expires: 2036-01-01T00:00:00Z}\n`,
    },
  });
  appendFileSync(
    fleet.config,
    `sinks:\n  files: { kind: file, path: ${recordsFile()}, batch: { interval: 100ms } }\ntelemetry: { statusInterval: 1s }\n`,
  );
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
});
after(() => cleanUp.disposeAsync());

test('refusals, a push of a person, a tunnel, an enrolment and a release that goes through stand in the log, in order', async () => {
  using stranger = gateway.client(testDevice('stranger'));
  assert.equal((await stranger.ask('/v1/hints')).status, 403);
  const pushed = await fleet.push(gateway);
  assert.equal(pushed.code, 0, pushed.stderr);
  const jump = [
    ...sshFlags(fleet.operator),
    '-p',
    String(gateway.people),
    '-W',
    'pump-1:22',
    'towline@127.0.0.1',
  ];
  assert.notEqual((await command('ssh', jump)).code, 0, 'its tunnel is not here');
  await say({ release: '1.0', digest: old, wanted: { release: '1.0', digest: old } });
  await enrol();
  // The gateway looks at what devices say every second.
  await new Promise(resolve => setTimeout(resolve, 2500));
  const tunnel = { state: 'open', until: new Date(Date.now() + 3_600_000).toISOString() } as const;
  const next = { release: '1.1', digest: wanted };
  await say({ release: '1.0', digest: old, state: 'progressing', wanted: next }, { tunnel });
  await new Promise(resolve => setTimeout(resolve, 2500));
  await say({ ...next, wanted: next });
  await new Promise(resolve => setTimeout(resolve, 2500));
  // SIGTERM commits what waits: a minute has not passed.
  gateway.signal('SIGTERM');
  assert.equal(await gateway.ended(), 0);
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  const all = await entries();
  const words = all.map(({ type, what, state, device: at }) =>
    [type, what, state, at].filter(Boolean).join(' '),
  );
  for (const expected of [
    'refusal hints refused',
    'login login allowed',
    'push git receive-pack fleet allowed',
    'refusal reach pump-1:22 refused pump-1',
    'tunnel tunnel.open open pump-1',
    'enrolment enrol allowed pump-2',
    'release release.began happened pump-1',
    'release release.healthy happened pump-1',
  ])
    assert.ok(words.includes(expected), `${expected} in ${words.join('\n')}`);
  const healthy = all.findLast(({ what }) => what === 'release.healthy');
  assert.deepEqual([healthy?.app, healthy?.release, healthy?.evidence], ['web', '1.1', tip]);
});

test('the log is sound at the desk, and what the device has signed is found to be its own', async () => {
  const { code, output } = await told('verify', '--evidence', '--json');
  assert.equal(code, 0, output);
  const { evidence, faults } = readFields(output);
  assert.deepEqual(faults, []);
  assert.ok(Number(fieldsOf(evidence).sound) > 0, output);
});

test('its head stands in the sink, on the page that goes to the forge, in health and in metrics', async () => {
  await eventually(() => heads().length > 0);
  const { hash } = fieldsOf(fieldsOf(readFields(heads().at(-1) ?? '')).fields);
  assert.equal((await told('verify', '--head', String(hash))).code, 0);
  const page = () => git(['show', 'fleet-status:README.md'], { cwd: fleet.telemetryGit });
  await eventually(() => /Audit log up to `\d+:[0-9a-f]{64}`/.test(page()));
  const [, head = ''] = /up to `([^`]+)`/.exec(page().slice(page().indexOf('Audit log'))) ?? [];
  assert.equal((await told('verify', '--head', head)).code, 0);
  const internal = `http://127.0.0.1:${gateway.internal}`;
  const { audit } = readFields(await (await fetch(`${internal}/healthz`)).text());
  assert.match(String(fieldsOf(audit).hash), /^[0-9a-f]{64}$/);
  const metrics = await (await fetch(`${internal}/metrics`)).text();
  assert.match(metrics, /^towline_gateway_audit_up 1$/m);
  assert.match(metrics, /^towline_gateway_audit_pinned 1$/m);
});

test('a gateway that is killed loses nothing that it told, and tells nothing twice', async () => {
  const before = (await entries()).length;
  using stranger = gateway.client(testDevice('stranger-2'));
  assert.equal((await stranger.ask('/v1/hints')).status, 403);
  await eventually(() =>
    fleet
      .audited()
      .some(({ action, from: _from, ...line }) => action === 'hints' && line.outcome === 'refused'),
  );
  gateway.signal('SIGKILL');
  await gateway.ended();
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  // The one who reads it logs in for it, and makes entries: a commit is at most a minute away.
  gateway.signal('SIGTERM');
  assert.equal(await gateway.ended(), 0);
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  const all = await entries();
  assert.ok(all.length > before);
  assert.deepEqual(
    all.map(({ seq }) => seq),
    all.map((_, at) => at + 1),
  );
  assert.equal(all.filter(({ what, type }) => type === 'refusal' && what === 'hints').length, 2);
});

test('who may not read all of telemetry does not see the log', async () => {
  const env = fleet.ssh();
  const url = `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;
  const all = await command('git', ['ls-remote', url], { env });
  assert.match(all.stdout, /refs\/heads\/audit/);
  const file = await fleet.repository.git(['show', 'main:operators/alice.yaml']);
  await fleet.repository.commit({
    signer: fleet.operator,
    files: {
      'operators/alice.yaml': `${file.replace('telemetry: read', '').replace(', }', '}')}\nreads: [{ all: true }]\n`,
    },
  });
  assert.equal((await fleet.push(gateway)).code, 0);
  const some = await command('git', ['ls-remote', url], { env });
  assert.match(some.stdout, /refs\/heads\/telemetry\/pump-1/, some.stderr);
  assert.doesNotMatch(some.stdout, /audit/);
});
