/** What it costs the gateway to bring records from telemetry.git to six sinks: read, checked and unpacked once, written six times. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import { makeStatusCommit } from '../../agent/report/status-commit.ts';
import { makeDeviceKeys, sshKeyOf, sshPublicKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { TelemetryRecord } from '../../core/telemetry/record/record.ts';
import { writeSegment } from '../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../core/telemetry/record/segment-path.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { FleetView } from '../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import { DeviceReports } from '../../gateway/sinks/device-reports.ts';
import type { SinkFile } from '../../gateway/sinks/open-sink.ts';
import { RecordSinks } from '../../gateway/sinks/records/record-sinks.ts';
import { type BenchFigure, figure } from '../figure.ts';

const devices = Array.from({ length: 10 }, (_, at) => `bench-${at}`);
const commits = 5;
/** A full segment of an agent: 64 KB packed. */
const perCommit = 2000;
const sinkCount = 6;
/** 50,000 deliveries for each second of a processor. */
const barMs = 2000;

export async function* sinkFigures(): AsyncGenerator<BenchFigure> {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-sinks-'));
  try {
    const telemetryGit = path.join(folder, 'telemetry.git');
    execFileSync('git', ['init', '-q', '--bare', telemetryGit]);
    const { view, refs } = pushed(telemetryGit);
    const all = devices.length * commits * perCommit * sinkCount;
    const files = Array.from({ length: sinkCount }, (_, at): [string, SinkFile] => {
      const file = path.join(folder, `out-${at}`, 'records.ndjson');
      return [`s${at}`, { kind: 'file', path: file, sync: 'never', maxBytes: '1GiB' }];
    });
    const sinks = await RecordSinks.open({
      ...{ sinks: Object.fromEntries(files), fleet: 'bench', stateDirectory: folder, telemetryGit },
      ...{ telemetryKeepMs: 86_400_000, refs: () => refs, view: new FleetViewHolder(view) },
      ...{ clock: createSystemClock(), log: pino({ level: 'silent' }) },
      reports: new DeviceReports(),
    });
    const before = process.cpuUsage();
    await sinks.start();
    const delivered = () => sinks.states.reduce((sum, state) => sum + state.delivered, 0);
    while (delivered() < all) await wait(20);
    const { user, system } = process.cpuUsage(before);
    await sinks.close();
    const ms = ((user + system) / 1000 / all) * 100_000;
    yield figure(`100,000 deliveries, of ${all} to ${sinkCount} sinks (files)`, 'CPU ms', ms, null, {
      ...{ of: 'ours', is: '<=', limit: barMs },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Branches of all devices, in one pack. */
function pushed(telemetryGit: string): { view: FleetView; refs: Map<string, string> } {
  const objects: MadeObject[] = [];
  const refs = new Map<string, string>();
  const known = devices.map(device => {
    const keys = makeDeviceKeys(device);
    for (let commit = 0; commit < commits; commit += 1) {
      const sequence = commit * perCommit + 1;
      const place = { kind: 'logs', class: 'log', project: 'shop', service: 'web', sequence } as const;
      const made = makeStatusCommit({
        ...{
          parent: refs.get(telemetryRef(device)),
          message: 'm',
          device,
          fleet: 'bench',
          timeMs: Date.now(),
        },
        files: new Map([
          ['status.yaml', Buffer.from('x: 1\n')],
          [segmentPath({ ...place, container: 'c0ffee000001' }), writeSegment(linesFrom(sequence))],
        ]),
        key: sshKeyOf(keys),
      });
      objects.push(...made.objects);
      refs.set(telemetryRef(device), made.id);
    }
    const file = {
      apiVersion: 'towline/v1' as const,
      keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys) },
    };
    return { id: device, file, groups: [], labels: { site: 'berlin' } };
  });
  const unique = [...new Map(objects.map(object => [object.id, object])).values()];
  execFileSync('git', ['-C', telemetryGit, 'index-pack', '--stdin'], { input: buildPack(unique) });
  const view = new FleetView({
    commit: '1'.repeat(40),
    fleet: {
      apiVersion: 'towline/v1',
      name: 'bench',
      gateways: [{ address: 'g:1', tlsPins: [], sshHostKeys: [] }],
    },
    ...{ devices: known, operators: [], desiredTunnel: () => undefined },
  });
  return { view, refs };
}

function linesFrom(sequence: number): TelemetryRecord[] {
  return Array.from({ length: perCommit }, (_, at): TelemetryRecord => {
    const text = `GET /api/orders/${sequence + at} 200 ${(at * 37) % 900} ms agent=curl/8.5 session=${at * 7919}`;
    const time = `2026-11-29T01:02:03.${String(at).padStart(9, '0')}Z`;
    return { kind: 'log', sequence: sequence + at, time, stream: 'stdout', text, level: 'info' };
  });
}
