/**
 * What one sample of twenty containers costs: from control groups, and by one-shot statistics of the engine. Milliseconds of CPU,
 * not of a clock. The bars are the agent's, as that of control groups can be no other's; what the engine spends to answer is a row
 * of its own, for whoever decides how often it is asked: nothing that we send makes it less.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Cgroups } from '../../agent/telemetry/metrics/containers/cgroups.ts';
import { ContainerMetrics } from '../../agent/telemetry/metrics/containers/container-metrics.ts';
import { usageSamples } from '../../agent/telemetry/metrics/containers/usage.ts';
import { HostFiles } from '../../agent/telemetry/metrics/host/host-files.ts';
import { ensureEngine } from '../../lab/machine/engine.ts';
import { makeProject } from '../../lab/rig/desired.ts';
import { DeviceRig } from '../../lab/rig/device-rig.ts';
import { type BenchFigure, figure, median } from '../figure.ts';

const containers = 20;
const image = 'towline-bench/worker:1';
const rounds = 15;
/** What Docker 20.10 takes for each is some 3 to 5 ms; more says that it is asked twice. */
const engineMs = 200;
/** One sample from files is below what the clock of a process tells: so many are one measurement. */
const samplesInOne = 50;

export async function* containerFigures(): AsyncGenerator<BenchFigure> {
  const engine = await ensureEngine();
  try {
    await using rig = new DeviceRig(engine.socket, 'towline.invalid');
    await rig.images.build(image, 'worker', '1');
    const names = Array.from({ length: containers }, (_, index) => `s${String(index).padStart(2, '0')}`);
    const services = Object.fromEntries(names.map(name => [name, { image }]));
    await rig.pass([makeProject(rig.project, { services, update: { stablePeriodMs: 0 } })]);
    yield* measured(rig, engine.socket);
  } finally {
    await engine.stop();
  }
}

async function* measured(rig: DeviceRig, socket: string): AsyncGenerator<BenchFigure> {
  const daemon = daemonPid(socket);
  const { containers: observed } = await rig.observe([rig.project]);
  const cgroups = new Cgroups(new HostFiles());
  const files: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const before = ownCpuMs();
    for (let sample = 0; sample < samplesInOne; sample += 1)
      for (const { id, name } of observed) usageSamples(cgroups.usage(id) ?? {}, { container: name });
    if (round > 0) files.push((ownCpuMs() - before) / samplesInOne);
  }
  const seen = observed.filter(({ id }) => cgroups.usage(id) !== undefined).length;
  if (seen !== containers) throw new Error(`only ${seen} control groups of ${containers} can be seen here`);
  yield figure(
    'a sample of 20 containers from control groups, without network',
    'CPU ms',
    median(files),
    null,
    {
      ...{ of: 'ours', is: '<=', limit: 5 },
    },
  );
  // Where no control group is, the engine is asked.
  const asking = new ContainerMetrics(socket, new HostFiles('/nowhere'));
  const asked: number[] = [];
  const answered: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const [own, engine] = [ownCpuMs(), daemonCpuMs(daemon)];
    await asking.samples(observed, rig.signal);
    if (round === 0) continue;
    asked.push(ownCpuMs() - own);
    answered.push(daemonCpuMs(daemon) - engine);
  }
  const work = 'a sample of 20 containers by one-shot statistics';
  yield figure(`${work}, the agent's part`, 'CPU ms', median(asked), null, {
    ...{ of: 'ours', is: '<=', limit: 60 },
  });
  if (daemon === undefined) return;
  yield figure(`${work}, the engine's own part`, 'CPU ms', mean(answered), null, {
    ...{ of: 'ours', is: '<=', limit: engineMs },
  });
}

/** Its clock has ticks of 10 ms: the middle of a few says less. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** An engine of our own has its pid beside its socket. */
function daemonPid(socket: string): number | undefined {
  for (const file of [path.join(path.dirname(socket), 'docker.pid'), '/var/run/docker.pid']) {
    try {
      return Number(readFileSync(file, 'utf8'));
    } catch {
      // The other one, or none.
    }
  }
  return undefined;
}

/** proc_pid_stat(5): utime and stime, in hundredths of a second. */
function daemonCpuMs(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(words[11]) + Number(words[12])) * 10;
}
