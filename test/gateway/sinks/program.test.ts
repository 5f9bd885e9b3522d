/** The whole way: a commit as agents make it, the gateway as a program with sinks in gateway.yaml, files and receivers. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { type TestDevice, testDevice } from '../rig/gateway.ts';
import { command, GatewayProgram, TestFleet } from '../rig/program.ts';
import { pushBody, refOf, sendPush, zero } from '../rig/push.ts';
import { line } from './rig.ts';

const [token, password] = ['planted-token-4711', 'planted password, 0815'];
const device = testDevice('sink-pump-1');
const cleanUp = new AsyncDisposableStack();
let fleet: TestFleet;
let gateway: GatewayProgram;
let tip: string | undefined;
/** What the hostile receiver was sent as authorization; it says it again in every answer. */
const shown = new Set<string>();

async function say(from: TestDevice, ...numbers: readonly number[]): Promise<void> {
  const [sequence = 0] = numbers;
  const place = {
    kind: 'logs',
    class: 'log',
    project: 'shop',
    service: 'web',
    container: 'c0ffee000001',
  } as const;
  const made = makeStatusCommit({
    ...{ parent: tip, message: 'shop 1.4.2', device: from.id, fleet: 'acme', timeMs: Date.now() },
    files: new Map([
      ['status.yaml', Buffer.from('x: 1\n')],
      [segmentPath({ ...place, sequence }), writeSegment(numbers.map(number => line(number)))],
    ]),
    key: sshKeyOf(from.keys),
  });
  using client = gateway.client(from);
  const answer = await sendPush(client, pushBody(tip ?? zero, made.id, refOf(from), buildPack(made.objects)));
  assert.match(answer.body.toString(), /ok refs/);
  tip = made.id;
}

const recordsFile = () => join(fleet.folder, 'out', 'records.ndjson');
/** Ids of the whole lines: the gateway appends beside us, and the last one may stand there by half. */
const delivered = (): string[] =>
  existsSync(recordsFile())
    ? readFileSync(recordsFile(), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map(text => String(JSON.parse(text).id))
        // Heads of the audit log go to each sink, too.
        .filter(each => !each.startsWith('gateway/audit/'))
    : [];
const id = (number: number) => `${device.id}/c0ffee000001/${number}`;
const towline = (...args: readonly string[]) =>
  command(join(commandFolder, 'towline'), ['gateway', 'sinks', '--config', fleet.config, ...args]);

before(async () => {
  fleet = cleanUp.use(await TestFleet.make([device]));
  const server = createServer((request, response) => {
    const { authorization = '' } = request.headers;
    shown.add(authorization);
    request.resume();
    response.writeHead(request.url?.startsWith('/refuses') === true ? 400 : 503).end(`no: ${authorization}`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  cleanUp.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fleet.init();
  writeFileSync(join(fleet.folder, 'token'), `${token}\n`);
  writeFileSync(join(fleet.folder, 'password'), password);
  const sinks = [
    'sinks:',
    `  files: { kind: file, path: ${recordsFile()}, batch: { interval: 100ms } }`,
    `  refusing: { kind: loki, url: "${url}/refuses", tokenFile: ${join(fleet.folder, 'token')} }`,
    `  away: { kind: otlp, url: "${url}/away", username: u, passwordFile: ${join(fleet.folder, 'password')} }`,
    '',
  ];
  appendFileSync(fleet.config, sinks.join('\n'));
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
});
after(() => cleanUp.disposeAsync());

test('what a device pushed stands in the file of a sink, once also after the gateway was killed', async () => {
  await say(device, 1, 2, 3);
  await eventually(() => delivered().length === 3);
  gateway.signal('SIGKILL');
  await gateway.ended();
  gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
  await say(device, 4, 5);
  await eventually(() => delivered().includes(id(5)));
  assert.deepEqual([...new Set(delivered())].sort(), [1, 2, 3, 4, 5].map(id));
});

test('towline gateway sinks says how each stands, and has something told again', async () => {
  const { code, stdout, stderr } = await towline('--json');
  assert.equal(code, 0, stderr);
  const { sinks } = JSON.parse(stdout) as { sinks: { name: string; kind: string; error?: string }[] };
  assert.deepEqual(
    sinks.map(({ name, kind }) => `${name} ${kind}`),
    ['files file', 'refusing loki', 'away otlp'],
  );
  // As the guide has them.
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/sinks.md'), 'utf8');
  const [all, again] = [...guide.matchAll(/^towline gateway sinks(.*)$/gm)].map(([, words = '']) =>
    words.replace('central', 'files').split(' ').filter(Boolean),
  );
  assert.ok(all?.length === 0 && again?.length === 4);
  assert.match((await towline(...all)).stdout, /files +file/);
  const before = delivered().length;
  const replay = await towline(...again);
  assert.match(replay.stdout, /devices that go back: 1/, replay.stderr);
  await eventually(() => delivered().length === before + 5);
  assert.equal(new Set(delivered()).size, 5);
  assert.match((await towline('--replay', 'nobody', '--from', '1h')).stderr, /TELEMETRY_SINK_UNKNOWN/);
  assert.match((await towline('--replay', 'files', '--from', 'noon')).stderr, /no time/);
});

test('secrets of sinks stand in no log, metric, dead letter, error or state, whatever the receiver says', async () => {
  const dead = join(fleet.folder, 'state/sinks/refusing/dead-letters.ndjson');
  await eventually(() => shown.size === 2 && existsSync(dead));
  await eventually(() => gateway.lines.some(({ sink }) => sink === 'away'));
  const said = await Promise.all(
    ['metrics', 'healthz'].map(
      async path => await (await fetch(`http://127.0.0.1:${gateway.internal}/${path}`)).text(),
    ),
  );
  const state = readdirSync(join(fleet.folder, 'state/sinks'), { recursive: true, withFileTypes: true });
  const files = state
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const everything = [
    ...said,
    ...files,
    JSON.stringify(gateway.lines),
    (await towline('--json')).stdout,
  ].join('\n');
  assert.match(everything, /towline_gateway_sink_refused_total\{sink="refusing",kind="loki"\} [1-9]/);
  const basic = Buffer.from(`u:${password}`).toString('base64');
  for (const secret of [token, password, basic]) assert.ok(!everything.includes(secret), secret);
  assert.deepEqual([...shown].sort(), [`Basic ${basic}`, `Bearer ${token}`]);
});
