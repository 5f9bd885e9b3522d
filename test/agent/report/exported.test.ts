/** What a person carries away of a device's telemetry: nothing is acknowledged by it, and only the device's own commits are. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { Report } from '../../../agent/report/report.ts';
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
const clock = createSystemClock();
let telemetry: FleetRepository;
let server: GitServer;
let folder: string;
let spool: DiskSpool;

beforeEach(async () => {
  telemetry = await makeRepository();
  server = await startGitServer({ telemetry: telemetry.path });
  folder = await mkdtemp(path.join(tmpdir(), 'towline-exported-'));
});
afterEach(async () => {
  await server.close();
  await telemetry.remove();
  await rm(folder, { recursive: true });
});

async function open(): Promise<Report> {
  const { dialler } = server;
  const key = sshKeyOf(keys);
  spool = await DiskSpool.open({ folder: path.join(folder, 'telemetry'), clock });
  return Report.open({ folder, fleet: 'acme', device: 'pump-1', key, dialler, clock, spool });
}

async function put(sequence: number): Promise<void> {
  const place = { project: 'web', service: 'front', container: 'c'.repeat(12), sequence };
  const record = {
    kind: 'log' as const,
    sequence,
    time: '2026-11-23T18:00:00.1Z',
    stream: 'stdout' as const,
  };
  await spool.put({
    path: segmentPath({ kind: 'logs', class: 'log', ...place }),
    class: 'log',
    records: 1,
    bytes: writeSegment([{ ...record, text: 'hello' }]),
  });
}

const settings = { telemetryMaxBytesPerDay: 1e9, telemetryMaxOutboxBytes: 1e6 };

function publish(report: Report, outcome: StatusFile['outcome'] = 'unchanged'): Promise<boolean> {
  const status: StatusFile = {
    ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-11-23T18:00:00Z' },
    agent: { version: '0.1.0' },
    trusted: { commit: 'a'.repeat(40) },
    outcome,
    conditions: [],
    projects: [],
    tunnel: { state: 'closed' },
  };
  return report.publish({ status, settings, settle: async () => {}, due: true }, never);
}

/** As `towline bundle take-back` does, by git alone. */
async function takeBack(bundle: Buffer): Promise<void> {
  const file = path.join(folder, 'carried.bundle');
  await writeFile(file, bundle);
  await telemetry.git(['bundle', 'verify', file]);
  await telemetry.git(['fetch', '-q', file, `${branch}:${branch}`]);
}

const tip = () => telemetry.git(['rev-parse', branch]);
const count = async () => Number(await telemetry.git(['rev-list', '--count', branch]));
/** All segments of the branch, each as often as a commit brings it. */
async function segments(): Promise<string[]> {
  const commits = (await telemetry.git(['rev-list', '--reverse', branch])).split('\n');
  const found: string[] = [];
  for (const commit of commits) {
    const names = await telemetry.git(['ls-tree', '-r', '--name-only', commit, 'logs']);
    found.push(
      ...names
        .split('\n')
        .filter(Boolean)
        .map(name => name.slice(-28, -14)),
    );
  }
  return found;
}

async function offline<Result>(work: () => Promise<Result>): Promise<Result> {
  server.down = true;
  try {
    return await work();
  } finally {
    server.down = false;
  }
}

test('a gateway that moves the branch to commits of others, or to older ones, acknowledges nothing by it', async () => {
  const report = await open();
  await publish(report);
  const first = await tip();
  await publish(report, 'failed');
  await offline(async () => {
    await put(1);
    await assert.rejects(publish(report), { code: 'AGENT_GATEWAY_UNREACHABLE' });
    await report.export();
  });
  const forged = await telemetry.git([
    'commit-tree',
    '-p',
    branch,
    '-m',
    'not of the device',
    `${branch}^{tree}`,
  ]);
  for (const moved of [forged, first]) {
    await telemetry.git(['update-ref', branch, moved]);
    await publish(report);
    assert.equal(await telemetry.git(['rev-parse', `${branch}^`]), moved, 'it goes on from there');
    assert.equal(spool.waiting.pieces, moved === forged ? 1 : 2, 'all of it waits on');
    await offline(async () => {
      await put(moved === forged ? 2 : 3);
      await assert.rejects(publish(report), { code: 'AGENT_GATEWAY_UNREACHABLE' });
      await report.export();
    });
  }
  await publish(report);
  await publish(report, 'failed');
  assert.equal(new Set(await segments()).size, 3);
  assert.equal(spool.waiting.pieces, 0);
});

test('what is exported is signed, and acknowledges nothing: pushed later, it goes along once', async () => {
  const report = await open();
  await publish(report);
  const before = await tip();
  await put(1);
  const { bundle, commits } = await offline(() => report.export());
  assert.equal(commits, 1);
  assert.equal(spool.waiting.pieces, 1, 'the spool stays as it is');
  const carried =
    /([0-9a-f]{40}) refs\/heads\/telemetry\/pump-1\n/.exec(bundle.toString('latin1'))?.[1] ?? '';
  assert.match(bundle.toString('latin1', 0, 100), new RegExp(`^# v2 git bundle\n-${before}\n`));
  // Also by an agent that was started again.
  const later = await open();
  await publish(later, 'failed');
  await publish(later);
  assert.equal(await telemetry.git(['merge-base', '--is-ancestor', carried, branch]), '');
  assert.deepEqual(await count(), 4);
  assert.equal((await segments()).length, 1, 'and its segment once');
  assert.equal(spool.waiting.pieces, 0);
  await telemetry.git(['fsck', '--strict']);
});

test('what was taken back meanwhile is known for the device’s own: acknowledged, and gone on from', async () => {
  const report = await open();
  await publish(report);
  await put(1);
  const first = await offline(() => report.export());
  await put(2);
  const second = await offline(() => report.export());
  assert.equal(second.commits, 2);
  await takeBack(first.bundle);
  const signers = path.join(folder, 'signers');
  await writeFile(signers, `pump-1@acme ${sshPublicKey(keys)}\n`);
  await telemetry.git(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', branch]);
  const taken = await tip();
  server.seen.length = 0;
  await publish(report, 'failed');
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ['POST', 'GET', 'POST'],
  );
  assert.equal(await telemetry.git(['rev-parse', `${branch}~2`]), taken);
  assert.equal((await segments()).length, 2);
  assert.equal(spool.waiting.pieces, 0);
  assert.deepEqual((await readdir(path.join(folder, 'exported'))).sort(), ['line', 'line.copy']);
});

test('a device that no gateway has ever heard exports its first commit, and pushes on from it', async () => {
  const report = await open();
  await put(1);
  await offline(() => assert.rejects(publish(report), { code: 'AGENT_GATEWAY_UNREACHABLE' }));
  const { bundle } = await report.export();
  await takeBack(bundle);
  await publish(await open(), 'failed');
  assert.equal(await count(), 2);
  assert.equal((await segments()).length, 1);
});

test('before the first status there is nothing to export; what is damaged on the disk is exported anew', async () => {
  const report = await open();
  await assert.rejects(report.export(), { code: 'AGENT_CONTROL' });
  await publish(report);
  await report.export();
  const exported = path.join(folder, 'exported');
  const [name = ''] = (await readdir(exported)).filter(each => /^[0-9a-f]{40}$/.test(each));
  await writeFile(path.join(exported, name), 'damaged');
  assert.equal((await report.export()).commits, 1);
  assert.equal((await run('git', ['-C', telemetry.path, 'count-objects'])).stderr, '');
});
