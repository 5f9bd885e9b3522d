/** The whole way: gateway.yaml as the guide has it, the gateway as a program, killed in between, and what receivers have then. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { testDevice } from '../rig/gateway.ts';
import { command, deviceFile, GatewayProgram, TestFleet } from '../rig/program.ts';
import { pushBody, refOf, sendPush, zero } from '../rig/push.ts';
import { Alerts, Hooks } from './hooks.ts';
import { MailServer } from './mail-server.ts';
import { statusOf } from './rig.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const device = testDevice('pump-17');
const cleanUp = new AsyncDisposableStack();
let fleet: TestFleet;
let gateway: GatewayProgram;
let ops: Hooks;
let chat: Hooks;
let alerts: Alerts;
let mail: MailServer;
let tip: string | undefined;

/** The block of the guide that begins so, with addresses and files of this test. */
function guideBlock(begins: string, instead: readonly (readonly [string | RegExp, string])[]): string {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/notifications.md'), 'utf8');
  const block = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].find(([, text]) =>
    text?.startsWith(begins),
  )?.[1];
  assert.ok(block !== undefined);
  return instead.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, String(from));
    return changed;
  }, block);
}

async function say(more: Partial<StatusFile>): Promise<void> {
  const status = statusOf(device.id, { time: new Date().toISOString().replace(/\.\d+/, ''), ...more });
  const made = makeStatusCommit({
    ...{ parent: tip, message: 'said', device: device.id, fleet: 'acme', timeMs: Date.now() },
    files: new Map([['status.yaml', Buffer.from(stringify(status))]]),
    key: sshKeyOf(device.keys),
  });
  using client = gateway.client(device);
  const answer = await sendPush(
    client,
    pushBody(tip ?? zero, made.id, refOf(device), buildPack(made.objects)),
  );
  assert.match(answer.body.toString(), /ok refs/);
  tip = made.id;
}

async function release(version: string): Promise<void> {
  const digest = `sha256:${'0'.repeat(64)}`;
  const text = `apiVersion: towline/v1\nversion: ${version}\nnotes: New meters.\nimages: { web: { image: "r.example.com/web:1", digest: "${digest}" } }\n`;
  const files = { [`apps/hello/releases/${version}/release.yaml`]: text };
  await fleet.repository.commit({ files, signer: fleet.operator });
  const pushed = await fleet.push(gateway);
  assert.equal(pushed.code, 0, pushed.stderr);
}

const towline = (...args: readonly string[]) =>
  command(join(commandFolder, 'towline'), [...args, '--config', fleet.config]);
const made = (hooks: Hooks) => hooks.of('release.made').map(({ data }) => data.release);

before(async () => {
  ops = cleanUp.use(await new Hooks(secret).listen());
  chat = cleanUp.use(await new Hooks().listen());
  alerts = cleanUp.use(await new Alerts().listen());
  mail = cleanUp.use(await MailServer.listen());
  fleet = cleanUp.use(await TestFleet.make([device]));
  await fleet.repository.commit({
    signer: fleet.operator,
    files: {
      'devices/pump-17.yaml': deviceFile(device, [
        'labels: { site: berlin }',
        'apps: { hello: { release: 1.4.2 } }',
      ]),
      'apps/hello/app.yaml': 'apiVersion: towline/v1\n',
      'apps/hello/compose.yaml': 'services: { web: { image: "r.example.com/web:1" } }\n',
    },
  });
  await fleet.init();
  const file = (name: string, text: string) => {
    writeFileSync(join(fleet.folder, name), text);
    return join(fleet.folder, name);
  };
  const block = guideBlock('notify:', [
    ['https://hooks.example.com/towline', `${ops.url}/towline`],
    ['/etc/towline/hook-secret', file('hook-secret', `${secret}\n`)],
    ['[device, rollout, trust, gateway]', '[device, release.made, gateway]'],
    ['severity: warning', 'severity: info'],
    ['/etc/towline/slack-url', file('slack-url', `${chat.url}/planted-path\n`)],
    ['http://alertmanager.example.com:9093', alerts.url],
    [/smtp: \{.*\}/, `smtp: { host: 127.0.0.1, port: ${mail.port}, tls: none-on-loopback }`],
  ]);
  appendFileSync(fleet.config, block);
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
});
after(() => cleanUp.disposeAsync());

test('towline gateway notify test says what the receiver answered, of mail for each address, and ends with 1 where one says no', async () => {
  const [, ...words] = guideLine('notifications', 'towline gateway notify test');
  const taken = await towline(...words);
  assert.equal(taken.code, 0, taken.stderr);
  assert.match(taken.stdout, /^ops, http:\/\/127\.0\.0\.1:\d+: taken: 204$/m);
  assert.equal(ops.of('gateway.test').length, 1);
  assert.equal(ops.badSignatures, 0);
  mail.refuse = to => (to === 'night@example.com' ? { code: 550, words: 'no such person' } : undefined);
  const some = await towline('gateway', 'notify', 'test', 'site-berlin', '--json');
  mail.refuse = () => undefined;
  assert.equal(some.code, 1, some.stderr);
  const { tested } = JSON.parse(some.stdout);
  assert.deepEqual(
    tested.map((each: { name: string; taken: boolean }) => [each.name, each.taken]),
    [
      ['site-berlin/1', true],
      ['site-berlin/2', false],
    ],
  );
  assert.match(tested[1].answer, /no such person/);
  const unknown = await towline('gateway', 'notify', 'test', 'nobody');
  assert.match(unknown.stderr, /NOTIFY_UNKNOWN.*there are ops, chat, alerts, site-berlin/);
});

test('a release that is pushed is told once to whom it is for, over a kill of the gateway, and so is what a device says', async () => {
  // The first look is how things were.
  await eventually(() =>
    readFileSync(join(fleet.folder, 'state/transitions/ledger'), 'utf8').includes('baseline fleet'),
  );
  await say({ outcome: 'stale' });
  await eventually(() => alerts.alerts.some(({ labels }) => labels.alertname === 'TowlineDeviceStale'));
  await release('1.5.0');
  await eventually(() => made(ops).length === 1 && mail.letters.length >= 3 && chat.received.length > 0);
  gateway.signal('SIGKILL');
  await gateway.ended();
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  await release('1.6.0');
  await eventually(() => made(ops).length === 2);
  await say({});
  await eventually(() => alerts.alerts.some(({ endsAt }) => Date.parse(endsAt) <= Date.now()));
  assert.deepEqual(made(ops), ['1.5.0', '1.6.0']);
  assert.equal(alerts.beginnings(device.id).size, 1);
  // One whose answer was on its way at the kill comes once more, and says by its id that it is the same.
  const letters = () =>
    new Map(mail.letters.map(each => [`${each.to} ${each.headers.get('message-id')}`, each]));
  await eventually(() => letters().size === 1 + 2 * 2);
  const subjects = [...letters().values()].map(({ to, headers }) => `${to} ${headers.get('subject')}`).sort();
  assert.deepEqual(subjects.slice(1, 3), [
    'berlin@example.com [acme] hello 1.5.0 is released for your devices: pump-17',
    'berlin@example.com [acme] hello 1.6.0 is released for your devices: pump-17',
  ]);
  const [event] = ops.of('release.made');
  const head = await fleet.repository.git(['rev-parse', 'main~1']);
  assert.deepEqual(
    [event?.data.person, event?.data.notes, event?.data.link],
    ['alice', 'New meters.', `https://forge.example.com/fleet/commit/${head}`],
  );
});

test('metrics and health say how each receiver stands, and no secret is in them, in the log or on the disk', async () => {
  const said = await Promise.all(
    ['metrics', 'healthz'].map(
      async path => await (await fetch(`http://127.0.0.1:${gateway.internal}/${path}`)).text(),
    ),
  );
  const kept = ['notify', 'transitions'].flatMap(folder =>
    readdirSync(join(fleet.folder, 'state', folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );
  const everything = [...said, ...kept, JSON.stringify(gateway.lines)].join('\n');
  assert.match(everything, /towline_gateway_notify_up\{receiver="ops"\} 1/);
  assert.match(everything, /towline_gateway_notify_sent_total\{receiver="site-berlin\/1"\} [1-9]/);
  assert.match(everything, /"notify":\{"ops":"ok"/);
  for (const planted of [secret, secret.slice('whsec_'.length), 'planted-path'])
    assert.ok(!everything.includes(planted));
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/gateway.md'), 'utf8');
  for (const [, name = ''] of everything.matchAll(
    /# TYPE (towline_gateway_(?:notify|conditions|transitions)\S+)/g,
  ))
    assert.ok(guide.includes(name) || guide.includes(name.replace('towline_gateway', '…')), name);
});
