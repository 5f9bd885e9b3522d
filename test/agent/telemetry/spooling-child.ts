/**
 * A process that reads a log from where it has come to, puts what is new into the spool and pushes it:
 * `node spooling-child.ts JSON`. It may be killed anywhere.
 */
import path from 'node:path';
import { Report } from '../../../agent/report/report.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import type { GatewayAddress } from '../../../core/fleet/gateway-address.ts';
import { makeDeviceKeys, sshKeyOf } from '../../../core/io/device-keys.ts';
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import { createDialler } from '../../../core/io/https/https-dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

export interface SpoolingChild {
  readonly folder: string;
  readonly gateway: GatewayAddress;
  /** Lines that the log has. */
  readonly lines: number;
  /** In each segment. */
  readonly step: number;
  readonly maxBytes: number;
}

const { folder, gateway, lines, step, maxBytes } = JSON.parse(process.argv[2] ?? '') as SpoolingChild;
const never = new AbortController().signal;
const clock = createSystemClock();
const keys = makeDeviceKeys('pump-1');
const { tlsKey: key, tlsCertificate: certificate } = keys;
const quiet = { debug: () => {}, warn: () => {} };
const dialler = createDialler({ gateways: [gateway], key, certificate, log: quiet });
const spool = await DiskSpool.open({ folder: path.join(folder, 'telemetry'), clock });
const report = await Report.open({
  ...{ folder: path.join(folder, 'report'), fleet: 'acme', device: 'pump-1' },
  ...{ key: sshKeyOf(keys), dialler, clock, spool },
});
const settings = { telemetryMaxBytesPerDay: 1e9, telemetryMaxOutboxBytes: maxBytes };
const status: StatusFile = {
  ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-07-01T00:00:00Z' },
  ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'unchanged' },
  ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
};

const position = new CheckedFile(path.join(folder, 'position'), json =>
  typeof json === 'number' ? json : undefined,
);
const found = await position.read();
let next = found.kind === 'value' ? found.value : 0;
await spool.bound(maxBytes);
while (next < lines) {
  const records = Array.from({ length: Math.min(step, lines - next) }, (_, at) => ({
    ...{ kind: 'log' as const, sequence: next + at, time: '2026-07-01T00:00:00Z' },
    ...{ stream: 'stdout' as const, text: `line ${next + at}` },
  }));
  const place = { project: 'p', service: 's', container: 'c'.repeat(12), sequence: next };
  const bytes = writeSegment(records);
  await spool.put({
    path: segmentPath({ kind: 'logs', class: 'log', ...place }),
    class: 'log',
    records: records.length,
    bytes,
  });
  next += records.length;
  await position.write(next);
}
await report.publish({ status, settings, due: true }, never);
while (spool.waiting.pieces > 0) await report.flush('full', settings, never);
await report.publish({ status, settings, due: true }, never);
await dialler.close();
