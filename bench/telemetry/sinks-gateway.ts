/** A process that has nothing but the sinks of a gateway: what it works is theirs. Arguments: ports of receivers, as JSON. */
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

const devices = Array.from({ length: 10 }, (_, at) => `bench-${at}`);
const commits = 5;
/** A full segment of an agent: 64 KB packed. */
const perCommit = 2000;
const ports: Readonly<Record<string, number>> = JSON.parse(process.argv[2] ?? '{}');
const at = (kind: string) => `127.0.0.1:${ports[kind]}`;

const folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-sinks-'));
/** Six kinds, as gateway.yaml would have them; nothing is tuned. */
const sinkFiles: Readonly<Record<string, SinkFile>> = {
  file: { kind: 'file', path: path.join(folder, 'records.ndjson'), maxBytes: '1GiB' },
  syslog: { kind: 'syslog', address: at('syslog') },
  gelf: { kind: 'gelf', address: at('gelf') },
  fluentd: { kind: 'fluentd', address: at('fluentd') },
  loki: { kind: 'loki', url: `http://${at('loki')}` },
  elasticsearch: { kind: 'elasticsearch', url: `http://${at('elasticsearch')}`, templates: false },
};

try {
  const telemetryGit = path.join(folder, 'telemetry.git');
  execFileSync('git', ['init', '-q', '--bare', telemetryGit]);
  const { view, refs } = pushed(telemetryGit);
  const records = devices.length * commits * perCommit;
  const sinks = await RecordSinks.open({
    ...{ sinks: sinkFiles, fleet: 'bench', stateDirectory: folder, telemetryGit },
    ...{ telemetryKeepMs: 86_400_000, refs: () => refs, view: new FleetViewHolder(view) },
    ...{ clock: createSystemClock(), log: pino({ level: 'silent' }) },
    reports: new DeviceReports(),
  });
  const before = process.cpuUsage();
  await sinks.start();
  while (sinks.states.some(({ delivered }) => delivered < records)) await wait(20);
  const { user, system } = process.cpuUsage(before);
  const deliveries = sinks.states.reduce((sum, { delivered }) => sum + delivered, 0);
  await sinks.close();
  process.send?.({ cpuMs: (user + system) / 1000, deliveries });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.disconnect?.();

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
