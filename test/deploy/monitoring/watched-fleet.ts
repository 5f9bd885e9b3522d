/** A gateway as people run it, with sinks, and two devices that have pushed: one with all that can be wrong, one forged. */
import { appendFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { usageSamples } from '../../../agent/telemetry/metrics/containers/usage.ts';
import { HostMetrics } from '../../../agent/telemetry/metrics/host/host-metrics.ts';
import { ownFigures } from '../../../agent/telemetry/metrics/own-figures.ts';
import { gauge, type Sample } from '../../../agent/telemetry/metrics/series/sample.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { type TestDevice, testDevice } from '../../gateway/rig/gateway.ts';
import { GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { pack, pushBody, refOf, sendPush, zero } from '../../gateway/rig/push.ts';

export interface WatchedFleet extends AsyncDisposable {
  readonly gateway: GatewayProgram;
  readonly fleet: TestFleet;
}

/** @param sinks the key of gateway.yaml; `FOLDER` is one that goes away with the fleet. */
export async function watchedFleet(sinks: string): Promise<WatchedFleet> {
  const devices = ['watched-1', 'watched-2'].map(id => testDevice(id));
  const fleet = await TestFleet.make(devices);
  await fleet.init();
  appendFileSync(
    fleet.config,
    `telemetry: { statusInterval: 1s }\n${sinks.replaceAll('FOLDER', fleet.folder)}`,
  );
  const [watched, forged] = devices;
  if (watched === undefined || forged === undefined) throw new Error('two devices');
  const samples = await samplesOf();
  const gateway = await GatewayProgram.start(fleet.config);
  await push(gateway, { device: forged, signer: watched, samples });
  const first = await push(gateway, { device: watched, signer: watched, samples });
  // Only what comes while the gateway looks says anything of the device's clock.
  const shown = async () =>
    await (await fetch(`http://127.0.0.1:${gateway.internal}/metrics/devices`)).text();
  await waitUntil(
    'the first report',
    async () => /device_info\{device_id="watched-1"/.test(await shown()) || undefined,
  );
  await push(gateway, { device: watched, signer: watched, samples, parent: first });
  return {
    gateway,
    fleet,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** What the agent's own code reads of this machine, and of a container with all that there can be. */
async function samplesOf(): Promise<readonly Sample[]> {
  const labels = { project: 'web', service: 'server', container: 'web-server-1' };
  const traffic = { bytes: 1, errors: 0, dropped: 0 };
  const usage = {
    cpu: {
      totalSeconds: 3,
      userSeconds: 2,
      systemSeconds: 1,
      throttling: { periods: 9, throttled: 1, seconds: 1 },
    },
    memory: { usageBytes: 9, workingSetBytes: 8, rssBytes: 7, cacheBytes: 1 },
    disk: { read: 1, written: 2 },
    processes: 3,
    outOfMemory: 0,
    network: [{ interface: 'eth0', received: traffic, sent: traffic }],
  };
  const host = await new HostMetrics(createSystemClock()).samples();
  const disk = { device: '/dev/sda1', fstype: 'ext4', mountpoint: '/data' };
  const perhaps = [
    gauge('node_timex_offset_seconds', 0.001),
    gauge('node_filesystem_avail_bytes', 5, disk),
    gauge('node_filesystem_size_bytes', 100, disk),
    gauge('node_filesystem_files', 100, disk),
    gauge('node_filesystem_files_free', 1, disk),
  ];
  return [
    ...ownFigures({ version: '0.1.0', engineVersion: '20.10.24', unsynchronised: undefined }),
    ...host,
    // What not every machine has.
    ...perhaps.filter(
      ({ name }) => name.startsWith('node_filesystem') || !host.some(one => one.name === name),
    ),
    ...['node_disk_read_bytes_total', 'node_disk_written_bytes_total']
      .filter(name => !host.some(one => one.name === name))
      .map(name => gauge(name, 1, { device: 'sda' })),
    ...usageSamples(usage, labels),
    gauge('container_start_time_seconds', Date.now() / 1000 - 60, labels),
    gauge('container_spec_memory_limit_bytes', 1e6, labels),
    gauge('towline_container_restarts', 1, labels),
    gauge('towline_scrape_up', 1, { ...labels, port: '9100' }),
    gauge('towline_scrape_samples', 5, { ...labels, port: '9100' }),
    gauge('towline_series_dropped_total', 0),
  ];
}

interface Said {
  readonly device: TestDevice;
  readonly signer: TestDevice;
  readonly samples: readonly Sample[];
  readonly parent?: string;
}

/** A commit of the device's branch. @returns its id */
async function push(gateway: GatewayProgram, { device, signer, samples, parent }: Said): Promise<string> {
  const timeMs = Date.now();
  const values = samples.map(({ value }) => value);
  const files = new Map<string, Buffer>([
    ['status.yaml', Buffer.from(stringify(statusOf(device.id, timeMs)))],
    [
      segmentPath({ kind: 'metrics', sequence: parent === undefined ? 1 : 2 }),
      writeMetrics([{ series: samples, moments: [{ timeMs, values }] }]),
    ],
  ]);
  const key = sshKeyOf(signer.keys);
  const about = { files, message: 'said', device: device.id, fleet: 'acme', timeMs, key };
  const { id, objects } = makeStatusCommit({ ...about, parent });
  const body = pushBody(parent ?? zero, id, refOf(device), pack(...objects));
  const answer = await sendPush(gateway.client(device), body);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString()}`);
  return id;
}

function statusOf(device: string, timeMs: number): StatusFile {
  return {
    apiVersion: 'towline/v1',
    fleet: 'acme',
    device,
    time: new Date(timeMs).toISOString(),
    agent: { version: '0.1.0', engine: '20.10.24' },
    trusted: { commit: '1'.repeat(40) },
    stopped: { code: 'TRUST_OFF_THE_LINE', message: 'another history' },
    outcome: 'degraded',
    conditions: [
      { type: 'ClockSynchronised', status: false, reason: 'AGENT_CLOCK', message: 'not set' },
      { type: 'Ready', status: false, reason: 'degraded', message: 'see the projects below' },
    ],
    projects: [{ app: 'web', project: 'web', release: '1.4.2', state: 'rolled-back', services: [] }],
    tunnel: { state: 'closed' },
  };
}
