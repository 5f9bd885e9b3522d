import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, test } from 'node:test';
import { parse } from 'yaml';
import { type Publication, Report, type ReportOptions } from '../../../agent/report/report.ts';
import type { Engine, EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import { readLog } from '../../../agent/runtime/engine/log-reader.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeDeviceKeys, sshKeyOf, sshPublicKey } from '../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

const never = new AbortController().signal;
const keys = makeDeviceKeys('pump-1');
const branch = 'refs/heads/telemetry/pump-1';
let telemetry: FleetRepository;
let server: GitServer;
let folder: string;

beforeEach(async () => {
  telemetry = await makeRepository();
  server = await startGitServer({ telemetry: telemetry.path });
  folder = await mkdtemp(path.join(tmpdir(), 'towline-report-'));
});
afterEach(async () => {
  await server.close();
  await telemetry.remove();
  await rm(folder, { recursive: true });
});

function open(more: Partial<ReportOptions> = {}): Promise<Report> {
  const { dialler } = server;
  const key = sshKeyOf(keys);
  return Report.open({
    folder,
    fleet: 'acme',
    device: 'pump-1',
    key,
    dialler,
    clock: createSystemClock(),
    ...more,
  });
}

function status(more: Partial<StatusFile> = {}): StatusFile {
  return {
    apiVersion: 'towline/v1',
    fleet: 'acme',
    device: 'pump-1',
    time: '2026-11-23T18:00:00Z',
    agent: { version: '0.1.0' },
    trusted: { commit: 'a'.repeat(40) },
    outcome: 'unchanged',
    conditions: [{ type: 'Ready', status: true, reason: 'unchanged', message: '' }],
    projects: [],
    tunnel: { state: 'closed' },
    ...more,
  };
}

/** An engine whose one container says these lines, each at its nanosecond, from `since` on. */
function engine(lines: readonly string[]): Engine {
  return {
    call: () => Promise.reject(new Error('not asked for')),
    stream: async ({ query }: EngineRequest) => {
      const since = Number(query?.since ?? 0);
      const seconds = (line: string): number => Date.parse(`${line.slice(0, 19)}Z`) / 1000;
      return Readable.from([
        Buffer.concat(lines.filter(line => seconds(line) >= Math.floor(since)).map(framed)),
      ]);
    },
  };
}

function logsOf(asked: Engine): Publication['runtime'] {
  return { logs: (id, since, signal) => readLog(asked, id, since, signal) };
}

function framed(line: string): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(line) + 1, 4);
  return Buffer.concat([header, Buffer.from(`${line}\n`)]);
}

const settings = { telemetryLogs: true, telemetryMaxBytesPerDay: 1e9, telemetryMaxOutboxBytes: 1e6 };
const container = { id: 'c'.repeat(64), project: 'web', service: 'front' };

function publication(more: Partial<Publication> = {}): Publication {
  return {
    status: status(),
    containers: [container],
    settings,
    runtime: logsOf(engine([])),
    due: false,
    ...more,
  };
}

async function count(): Promise<number> {
  return Number(await telemetry.git(['rev-list', '--count', branch]));
}

test('a status is one POST, signed so that git verifies it, and no repository is needed', async () => {
  const report = await open();
  assert.equal(await report.publish(publication(), never), true);
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ['POST'],
  );
  const signers = path.join(folder, 'signers');
  await writeFile(signers, `pump-1@acme ${sshPublicKey(keys)}\n`);
  await telemetry.git(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', branch]);
  await telemetry.git(['fsck', '--strict']);
  const said = parse(await telemetry.git(['show', `${branch}:status.yaml`])) as StatusFile;
  assert.equal(said.outcome, 'unchanged');
});

test('nothing is pushed while nothing has changed and the schedule is not due, also after a restart', async () => {
  await (await open()).publish(publication(), never);
  const report = await open();
  const later = status({ time: '2026-11-23T19:00:00Z', pass: 'another' });
  assert.equal(await report.publish(publication({ status: later }), never), false);
  assert.equal(await report.publish(publication({ status: later, due: true }), never), true);
  assert.equal(await report.publish(publication({ status: status({ outcome: 'failed' }) }), never), true);
  assert.equal(await count(), 3);
});

test('a branch that has moved is asked for once, and the status goes on top of it', async () => {
  const report = await open();
  await report.publish(publication(), never);
  const other = await telemetry.git(['commit-tree', '-p', branch, '-m', 'somebody else', `${branch}^{tree}`]);
  await telemetry.git(['update-ref', branch, other]);
  server.seen.length = 0;
  assert.equal(await report.publish(publication({ status: status({ outcome: 'failed' }) }), never), true);
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ['POST', 'GET', 'POST'],
  );
  assert.equal(await telemetry.git(['rev-parse', `${branch}^`]), other);
});

test('what it remembers may be garbage: the tip is asked for again', async () => {
  await (await open()).publish(publication(), never);
  for (const name of ['state', 'state.copy']) await writeFile(path.join(folder, name), 'garbage');
  assert.equal(await (await open()).publish(publication(), never), true);
  assert.equal(await count(), 2);
});

test('an answer that is lost after the gateway took the commit costs a second commit, nothing else', async () => {
  const report = await open();
  server.tamper = (url, body) => (url.endsWith('receive-pack') ? { cutAt: 3, body } : body);
  await assert.rejects(report.publish(publication(), never), { code: 'AGENT_ANSWER_CUT' });
  server.tamper = undefined;
  assert.equal(await report.publish(publication(), never), true);
  assert.equal(await count(), 2);
});

test('log lines go once each, with a sequence number that goes on after a restart', async () => {
  const first = ['2026-11-23T18:00:00.000000001Z one', '2026-11-23T18:00:00.000000001Z one'];
  const second = [...first, '2026-11-23T18:00:00.000000001Z one', '2026-11-23T18:00:01.5Z two'];
  await (await open()).publish(publication({ runtime: logsOf(engine(first)), due: true }), never);
  await (await open()).publish(publication({ runtime: logsOf(engine(second)), due: true }), never);
  const files = await telemetry.git([
    'log',
    '--reverse',
    '--format=',
    '--name-only',
    '--diff-filter=A',
    '--no-renames',
    branch,
    '--',
    'logs',
  ]);
  assert.deepEqual(files.split('\n').filter(Boolean), [
    'logs/web/front/cccccccccccc-0000000000.log',
    'logs/web/front/cccccccccccc-0000000002.log',
  ]);
  const newest = await telemetry.git(['show', `${branch}:logs/web/front/cccccccccccc-0000000002.log`]);
  assert.equal(newest, '2026-11-23T18:00:00.000000001Z stdout one\n2026-11-23T18:00:01.5Z stdout two');
});

test('a gateway that is down for long: the outbox stays bounded, what was dropped is counted', async () => {
  const report = await open();
  server.down = true;
  const small = { ...settings, telemetryMaxOutboxBytes: 100 };
  for (let minute = 0; minute < 5; minute += 1) {
    const lines = [`2026-11-23T18:0${minute}:00.1Z ${'x'.repeat(50)}`];
    await assert.rejects(
      report.publish(publication({ settings: small, runtime: logsOf(engine(lines)), due: true }), never),
    );
  }
  server.down = false;
  await (await open()).publish(publication({ settings: small, due: true }), never);
  const said = parse(await telemetry.git(['show', `${branch}:status.yaml`])) as StatusFile;
  assert.equal(said.lost?.logLines, 4);
  const files = await telemetry.git(['ls-tree', '-r', '--name-only', branch, 'logs']);
  assert.equal(files.split('\n').length, 1);
  await (await open()).publish(publication({ settings: small, due: true }), never);
  const next = parse(await telemetry.git(['show', `${branch}:status.yaml`])) as StatusFile;
  assert.equal(next.lost, undefined);
});

test('since when is since it was so, not since somebody could be told', async () => {
  const report = await open();
  const projects: StatusFile['projects'] = [
    { app: 'web', project: 'web', digest: 'sha256:1', state: 'healthy', services: [] },
  ];
  const at = (time: string) => publication({ status: status({ time, projects }) });
  server.down = true;
  for (const hour of [18, 19]) await assert.rejects(report.publish(at(`2026-11-23T${hour}:00:00Z`), never));
  server.down = false;
  await report.publish(at('2026-11-23T21:00:00Z'), never);
  const said = parse(await telemetry.git(['show', `${branch}:status.yaml`])) as StatusFile;
  assert.deepEqual(
    [said.projects[0]?.since, said.conditions[0]?.since],
    ['2026-11-23T18:00:00Z', '2026-11-23T18:00:00Z'],
  );
});

test('beyond the bytes of a day the status still goes, the logs wait', async () => {
  const report = await open();
  const lines = ['2026-11-23T18:00:00.1Z hello'];
  const tight = { ...settings, telemetryMaxBytesPerDay: 10 };
  await report.publish(publication({ settings: { ...tight, telemetryLogs: false } }), never);
  await report.publish(publication({ settings: tight, runtime: logsOf(engine(lines)), due: true }), never);
  assert.equal(await telemetry.git(['ls-tree', '--name-only', branch]), 'status.yaml');
  await report.publish(publication({ due: true }), never);
  assert.match(await telemetry.git(['ls-tree', '-r', '--name-only', branch]), /logs\/web\/front/);
});

test('with the engine away, or a log that cannot be read, the status goes without lines', async () => {
  const away: Engine = {
    call: () => Promise.reject(new Error('not asked for')),
    stream: () => Promise.reject(new TowlineError('ENGINE_UNREACHABLE', 'the engine does not answer')),
  };
  const report = await open();
  assert.equal(await report.publish(publication({ runtime: logsOf(away) }), never), true);
  assert.equal(await telemetry.git(['ls-tree', '--name-only', branch]), 'status.yaml');
});
