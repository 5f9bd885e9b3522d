/** On a real engine: what containers use, what they expose, and what the engine tells of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as after_ } from 'node:timers/promises';
import { EngineRuntime } from '../../../../agent/runtime/engine/engine-runtime.ts';
import type { Piece, Scene, Spool } from '../../../../agent/telemetry/collector.ts';
import { EventsCollector } from '../../../../agent/telemetry/events/events-collector.ts';
import { Cgroups } from '../../../../agent/telemetry/metrics/containers/cgroups.ts';
import { ContainerMetrics } from '../../../../agent/telemetry/metrics/containers/container-metrics.ts';
import { engineStats, usageOfStats } from '../../../../agent/telemetry/metrics/containers/engine-stats.ts';
import { HostFiles } from '../../../../agent/telemetry/metrics/host/host-files.ts';
import { MetricsCollector } from '../../../../agent/telemetry/metrics/metrics-collector.ts';
import type { DesiredProject } from '../../../../core/desired/state.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { label } from '../../../../core/plan/container/labels.ts';
import { readMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import type { EventRecord } from '../../../../core/telemetry/record/record.ts';
import { readSegment } from '../../../../core/telemetry/record/segment.ts';
import { ensureEngine } from '../../../../lab/machine/engine.ts';
import { makeDesired, makeProject } from '../../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../../lab/rig/device-rig.ts';

/** Keeps what it is given, as the spool does. */
class KeptPieces implements Spool {
  readonly pieces: Piece[] = [];
  urgentCalls = 0;
  async put(piece: Piece): Promise<void> {
    this.pieces.push(piece);
  }
  urgent(): void {
    this.urgentCalls += 1;
  }
}

const log = { debug: () => undefined, warn: () => undefined };
const exposed = [
  '# TYPE pump_pressure_bar gauge',
  'pump_pressure_bar{device_id="pump-1",project="bank"} 4.5',
  '# TYPE pump_cycles_total counter',
  'pump_cycles_total 17',
].join('\\n');

let rig: DeviceRig;
let project: DesiredProject;
let folder: string;
let socket: string;

before(async () => {
  ({ socket } = await ensureEngine());
  rig = new DeviceRig(socket, 'towline.invalid');
  folder = mkdtempSync(path.join(tmpdir(), 'towline-metrics-'));
  const image = 'towline-test/web:1';
  await rig.images.build(image, 'web', '1');
  const shell = (script: string) => ({
    image,
    healthcheck: { disable: true },
    entrypoint: ['/bin/sh', '-c', script],
  });
  const serve = `echo -e '${exposed}' > /www/metrics; trap 'exit 0' TERM; httpd -f -p 8080 -h /www & i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; wait $!`;
  const made = makeProject(rig.project, {
    services: {
      api: { ...shell(serve), mem_limit: String(64 * 1024 * 1024) },
      alone: { ...shell("trap 'exit 0' TERM; sleep 1000 & wait $!"), network_mode: 'none' },
      host: { ...shell("trap 'exit 0' TERM; sleep 1000 & wait $!"), network_mode: 'host' },
    },
  });
  const endpoint = (service: string, port: number) => ({ service, port, path: '/metrics', intervalMs: 0 });
  project = { ...made, metrics: [endpoint('api', 8080), endpoint('alone', 1), endpoint('host', 22)] };
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
});

after(async () => {
  await rig[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function scene(): Promise<Scene> {
  const { containers } = await rig.observe([rig.project]);
  return { desired: makeDesired(rig.device, [project]), containers, engineVersion: '20.10' };
}

/** The samples of one moment by `name{service}`. */
function collected(
  pieces: readonly Piece[],
): Map<string, { value: number | null; labels: Readonly<Record<string, string>> }> {
  const [block] = readMetrics(pieces.at(-1)?.bytes ?? Buffer.alloc(0)).blocks;
  const values = block?.moments.at(-1)?.values ?? [];
  return new Map(
    (block?.series ?? []).map(({ name, labels }, index) => [
      `${name} ${labels.service ?? ''}`.trim(),
      { value: values[index] ?? null, labels },
    ]),
  );
}

test('control groups and the engine’s one-shot statistics say the same of a container', async () => {
  const { Id: id } = await rig.inspect(`${rig.project}-api-1`).then(found => ({ Id: found.Id }));
  const cgroups = new Cgroups(new HostFiles());
  const query = { stream: false, 'one-shot': true };
  const answer = await rig.engine.call(
    { method: 'GET', path: `/containers/${id}/stats`, query, answer: engineStats },
    rig.signal,
  );
  const [engine, files] = [usageOfStats(answer), cgroups.usage(id)];
  assert.ok(files !== undefined && engine.cpu !== undefined && files.cpu !== undefined);
  assert.ok(files.cpu.totalSeconds > 0.01);
  assert.ok(
    Math.abs(files.cpu.totalSeconds - engine.cpu.totalSeconds) < 0.05 * files.cpu.totalSeconds + 0.05,
  );
  assert.ok(
    Math.abs((files.memory?.workingSetBytes ?? 0) - (engine.memory?.workingSetBytes ?? 1e9)) < 1024 * 1024,
  );
  assert.ok((files.memory?.usageBytes ?? 0) >= (files.memory?.workingSetBytes ?? 1));
  assert.ok(Math.abs((files.processes ?? 0) - (engine.processes ?? 99)) <= 1);
  const network = cgroups.network(id);
  assert.deepEqual(
    network?.map(each => each.interface),
    ['eth0'],
  );
  assert.ok(
    Math.abs((network?.[0]?.received.bytes ?? 0) - (engine.network?.[0]?.received.bytes ?? 1e9)) < 4096,
  );
});

test('where no control group can be seen the engine is asked, and figures have cAdvisor’s names', async () => {
  const metrics = new ContainerMetrics(socket, new HostFiles(folder));
  const { containers } = await scene();
  const samples = await metrics.samples(containers, rig.signal);
  const of = (service: string) =>
    new Map(
      samples.filter(({ labels }) => labels.service === service).map(({ name, value }) => [name, value]),
    );
  const api = of('api');
  assert.ok((api.get('container_cpu_usage_seconds_total') ?? 0) > 0.01);
  assert.ok((api.get('container_memory_working_set_bytes') ?? 0) > 10_000);
  assert.equal(api.get('container_spec_memory_limit_bytes'), 64 * 1024 * 1024);
  assert.ok((api.get('container_network_receive_bytes_total') ?? -1) >= 0);
  assert.ok(Math.abs((api.get('container_start_time_seconds') ?? 0) - Date.now() / 1000) < 300);
  assert.equal(of('alone').has('container_network_receive_bytes_total'), false);
});

test('one moment: host, containers and apps in a segment; an app is who it is, and what the host cannot reach is told once', async () => {
  const troubles: string[] = [];
  const collector = new MetricsCollector({
    ...{
      engine: rig.engine,
      config: { engineSocket: socket },
      clock: createSystemClock(),
      device: rig.device,
      version: '1.0.0',
      folder,
      log,
    },
    textfileDirectory: folder,
    onTrouble: ({ service, text }) => troubles.push(`${service}: ${text}`),
  });
  const spool = new KeptPieces();
  const stop = new AbortController();
  collector.look(await scene());
  const running = collector.run(spool, stop.signal);
  await collector.moment(stop.signal);
  await collector.moment(stop.signal);
  await collector.settle();
  stop.abort();
  await running;
  const found = collected(spool.pieces);
  assert.equal(spool.pieces[0]?.class, 'metric');
  assert.match(spool.pieces[0]?.path ?? '', /^metrics\/\d{12}\.ndjson\.gz$/);
  assert.equal(found.get('pump_pressure_bar api')?.value, 4.5);
  assert.deepEqual(found.get('pump_pressure_bar api')?.labels, {
    ...{ exported_device_id: 'pump-1', exported_project: 'bank' },
    ...{ project: rig.project, service: 'api', container: `${rig.project}-api-1` },
  });
  assert.equal(found.get('towline_scrape_up api')?.value, 1);
  assert.equal(found.get('towline_scrape_up host')?.value, 0);
  assert.ok(
    found.has('node_load1') &&
      found.has('node_memory_MemAvailable_bytes') &&
      found.has('node_filesystem_files_free'),
  );
  assert.ok(found.has('container_memory_working_set_bytes api'));
  assert.deepEqual(troubles.sort(), [
    'alone: metrics of alone:1 cannot be read: none of its networks (none) is a bridge that the host is on',
    'host: metrics of host:22 cannot be read: it is on the host’s own network, where its port is anybody’s',
  ]);
});

describe('events of the engine', () => {
  /** @param onListening called when the engine is listened to */
  async function followed(
    collector: EventsCollector,
    onListening: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, device, stateDirectory, store } = rig;
    const clock = createSystemClock();
    const options = { engine, device, folders: { stateDirectory }, store, clock, log };
    await new EngineRuntime({ ...options, ear: collector }).watch(onListening, signal);
  }

  async function until(spool: KeptPieces, collector: EventsCollector, name: string): Promise<EventRecord[]> {
    for (let turn = 0; turn < 200; turn += 1) {
      await collector.settle();
      const records = spool.pieces.flatMap(({ bytes }) => readSegment(bytes).records);
      const events = records.filter(record => record.kind === 'event');
      if (events.some(event => event.name === name)) return events;
      await after_(50);
    }
    throw new Error(`no ${name} in ${JSON.stringify(spool.pieces.map(({ bytes }) => readSegment(bytes)))}`);
  }

  test('tell a crash from an end that was asked for, also one that nobody listened to', async () => {
    const clock = createSystemClock();
    const spool = new KeptPieces();
    const run = async (work: (collector: EventsCollector) => Promise<void>): Promise<void> => {
      const collector = await EventsCollector.open({ folder, device: rig.device, clock });
      collector.look(await scene());
      const stop = new AbortController();
      const listening = Promise.withResolvers<void>();
      const ran = [collector.run(spool, stop.signal), followed(collector, listening.resolve, stop.signal)];
      await listening.promise;
      await work(collector).finally(() => stop.abort());
      await Promise.all(ran);
    };
    const make = (name: string, script: string, memory = 0) => {
      const labels = { [label.device]: rig.device, [label.project]: rig.project, [label.service]: 'job' };
      const body = {
        Image: 'towline-test/web:1',
        Entrypoint: ['/bin/sh', '-c', script],
        Labels: labels,
        HostConfig: { Memory: memory, MemorySwap: memory },
      };
      return rig.post('/containers/create', { name: `${rig.project}-${name}` }, body);
    };
    const { Id: first } = await make('first', 'exit 3');
    const { Id: second } = await make('second', 'exit 4');
    const greedy = 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done';
    const { Id: third } = await make('third', greedy, 8 * 1024 * 1024);
    await run(async collector => {
      await rig.post(`/containers/${first}/start`);
      await until(spool, collector, 'container.die');
      await rig.post(`/containers/${rig.project}-alone-1/stop`);
      await rig.post(`/containers/${third}/start`);
      await until(spool, collector, 'container.oom');
      await after_(300);
      await collector.settle();
    });
    await rig.post(`/containers/${second}/start`);
    await after_(500);
    let events: EventRecord[] = [];
    await run(async collector => {
      await after_(500);
      collector.note({ name: 'app.applied', text: 'web 1.0.0 → 1.1.0', project: rig.project });
      events = await until(spool, collector, 'app.applied');
    });
    const told = events.map(
      ({ name, level, text }) => `${name} ${level ?? ''}: ${text.replaceAll(rig.project, 'p')}`,
    );
    assert.deepEqual(told, [
      'container.start info: p-first started',
      'container.die error: p-first ended with exit code 3',
      'container.die info: p-alone-1 ended with exit code 0, as it was told to',
      'container.start info: p-third started',
      'container.oom error: p-third ran out of memory: the kernel ended a process of it',
      'container.die error: p-third ended with exit code 137, out of memory',
      'container.start info: p-second started',
      'container.die error: p-second ended with exit code 4',
      'app.applied : web 1.0.0 → 1.1.0',
    ]);
    assert.ok(spool.urgentCalls >= 2);
    const numbers = events.map(({ sequence }) => sequence);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    assert.equal(events[1]?.container, first.slice(0, 12));
    assert.equal(events[1]?.fields?.exit_code, 3);
  });
});
