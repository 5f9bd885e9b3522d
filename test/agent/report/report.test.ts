import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Publication, Report, type ReportOptions } from '../../../agent/report/report.ts';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { makeDeviceKeys, sshKeyOf, sshPublicKey } from '../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

const run = promisify(execFile);
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

const clock = createSystemClock();
let spool: DiskSpool;

async function open(more: Partial<ReportOptions> = {}): Promise<Report> {
  const { dialler } = server;
  const key = sshKeyOf(keys);
  spool = await DiskSpool.open({ folder: path.join(folder, 'telemetry'), clock });
  return Report.open({ folder, fleet: 'acme', device: 'pump-1', key, dialler, clock, spool, ...more });
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

/** Lines of a container, from this number on. */
function lines(sequence: number, count = 1, text = 'hello'): Piece {
  const place = { project: 'web', service: 'front', container: 'c'.repeat(12), sequence };
  const records = Array.from({ length: count }, (_, at) => ({
    ...{ kind: 'log' as const, sequence: sequence + at, time: '2026-11-23T18:00:00.1Z' },
    ...{ stream: 'stdout' as const, text },
  }));
  const path = segmentPath({ kind: 'logs', class: 'log', ...place });
  return { path, class: 'log', records: count, bytes: writeSegment(records) };
}

const settings = { telemetryMaxBytesPerDay: 1e9, telemetryMaxOutboxBytes: 1e6 };
const settle = async (): Promise<void> => {};

function publication(more: Partial<Publication> = {}): Publication {
  return { status: status(), settings, settle, due: false, ...more };
}

/** What the branch has of a commit besides the status, and its first line. */
async function newest(): Promise<string[]> {
  const names = await telemetry.git(['ls-tree', '-r', '--name-only', branch, 'logs', 'metrics', 'events']);
  const subject = await telemetry.git(['log', '-1', '--format=%s', branch]);
  return [subject, ...names.split('\n').filter(Boolean)];
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

test('segments go along with a status that is pushed, and are removed when the gateway has them', async () => {
  const report = await open();
  await spool.put(lines(0, 3));
  server.down = true;
  await assert.rejects(report.publish(publication({ due: true }), never));
  server.down = false;
  assert.equal(spool.waiting.pieces, 1);
  const again = await open();
  assert.equal(spool.waiting.pieces, 1);
  await again.publish(publication({ due: true }), never);
  assert.deepEqual(await newest(), [
    'pump-1: unchanged (no apps)',
    'logs/web/front/cccccccccccc-000000000000-log.ndjson.gz',
  ]);
  assert.match(await telemetry.git(['log', '-1', '--format=%b', branch]), /^3 log lines of front$/m);
  assert.equal(spool.waiting.pieces, 0);
  await again.publish(publication({ due: true }), never);
  assert.deepEqual(await newest(), ['pump-1: unchanged (no apps)']);
});

test('a flush between passes has the same status once more, byte by byte, and says what it brings', async () => {
  const report = await open();
  assert.deepEqual(await report.flush('full', settings, never), { kind: 'nothing' });
  await report.publish(publication(), never);
  const said = await telemetry.git(['rev-parse', `${branch}:status.yaml`]);
  assert.deepEqual(await report.flush('full', settings, never), { kind: 'nothing' });
  await spool.put(lines(0, 1204));
  const flushed = await report.flush('full', settings, never);
  assert.equal(flushed.kind, 'pushed');
  assert.deepEqual(await newest(), [
    'pump-1: 1,204 log lines of front',
    'logs/web/front/cccccccccccc-000000000000-log.ndjson.gz',
  ]);
  assert.equal(await telemetry.git(['rev-parse', `${branch}:status.yaml`]), said);
});

test('after an outage the newest status goes first, by itself, and then what waited', async () => {
  const report = await open();
  await report.publish(publication(), never);
  server.down = true;
  await spool.put(lines(0));
  await assert.rejects(report.flush('full', settings, never));
  await assert.rejects(report.publish(publication({ status: status({ outcome: 'failed' }) }), never));
  server.down = false;
  const first = await report.flush('full', settings, never);
  assert.deepEqual({ ...first, bytes: 0 }, { kind: 'pushed', bytes: 0, left: true, isBack: true });
  assert.deepEqual(await newest(), ['pump-1: failed (no apps)']);
  await report.flush('full', settings, never);
  assert.deepEqual((await newest()).length, 2);
});

test('a gateway that is down for long: the spool stays bounded, what was dropped is counted, and a gap in its log', async () => {
  const report = await open();
  server.down = true;
  const small = { ...settings, telemetryMaxOutboxBytes: 3 * 4096 };
  const held = publication({ settings: small, due: true });
  await assert.rejects(report.publish(held, never));
  for (let minute = 0; minute < 5; minute += 1) await spool.put(lines(minute * 10, 10));
  server.down = false;
  const again = await open();
  await again.publish(held, never);
  await again.publish(held, never);
  const said = parse(await telemetry.git(['show', `${branch}^:status.yaml`])) as StatusFile;
  assert.deepEqual(said.lost?.records, { log: 20 });
  assert.equal(said.lost?.logLines, 20);
  const segment = `${branch}^:logs/web/front/cccccccccccc-000000000000-log.ndjson.gz`;
  const { stdout } = await run('sh', ['-c', `git -C "$0" show "$1" | zcat`, telemetry.path, segment]);
  const { time: _time, ...gap } = JSON.parse(stdout) as { time: string };
  assert.deepEqual(gap, { kind: 'gap', sequence: 0, reason: 'spool', lines: 20 });
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

test('beyond the bytes of a day the status still goes, the segments wait', async () => {
  const report = await open();
  const tight = { ...settings, telemetryMaxBytesPerDay: 10 };
  await spool.put(lines(0));
  await report.publish(publication({ settings: tight }), never);
  assert.deepEqual(await newest(), ['pump-1: unchanged (no apps)']);
  assert.deepEqual(await report.flush('full', tight, never), { kind: 'no room' });
  await report.publish(publication({ due: true }), never);
  assert.equal((await newest()).length, 2);
});

test('before a commit is trusted, and while images are on their way, nothing goes but the status', async () => {
  const report = await open();
  await spool.put(lines(0));
  await report.publish(publication({ settings: undefined }), never);
  const { settle: _none, ...quiet } = publication({ status: status({ outcome: 'progressing' }) });
  await report.publish(quiet, never);
  assert.equal(await count(), 2);
  assert.equal((await newest()).length, 1);
  assert.equal(spool.waiting.pieces, 1);
});
