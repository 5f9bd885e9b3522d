/** `towline status` of ten thousand devices, by what ships: the first time, again, and after a hundred have reported. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { bundle } from '../../scripts/bundle.ts';
import { Desk } from '../bundle/desk.ts';
import { type BenchFigure, figure } from '../figure.ts';
import { ReportingFleet } from './reporting-fleet.ts';

const devices = 10_000;
const fresh = 100;
/** What git needs ten milliseconds for each of is not done ten thousand times. */
const verified = 100;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  using fleet = new ReportingFleet(devices);
  await bundle(path.join(fleet.folder, 'programs'));
  const desk = new Desk(fleet.folder, signal);
  const look = async () => {
    const words = ['status', '--repo', fleet.clone, '--telemetry', fleet.telemetry];
    const { cpuSeconds, seconds } = await desk.measure('towline', words, [0]);
    return { cpuMs: cpuSeconds * 1000, took: `, in ${seconds.toFixed(1)} s` };
  };
  const gitMs = (verifyAll(fleet) * devices) / verified;
  const cold = await look();
  const count = devices.toLocaleString('en');
  yield figure(
    `status of ${count} devices, the first time${cold.took}; git verify-commit of as many`,
    'CPU ms',
    cold.cpuMs,
    gitMs,
    { of: 'ours', is: '<=', limit: 12_000 },
  );
  fleet.report(fleet.ids.slice(0, fresh), 'failed');
  const warm = await look();
  yield figure(`status of ${count} devices, ${fresh} of them new${warm.took}`, 'CPU ms', warm.cpuMs, null, {
    of: 'ours',
    is: '<=',
    limit: 1000,
  });
  const same = await look();
  yield figure(`status of ${count} devices, none of them new${same.took}`, 'CPU ms', same.cpuMs, null, {
    of: 'ours',
    is: '<=',
    limit: 1000,
  });
}

/** @returns milliseconds that git took for some of the branches */
function verifyAll(fleet: ReportingFleet): number {
  const signers = path.join(fleet.folder, 'signers');
  const ids = fleet.ids.slice(0, verified);
  writeFileSync(signers, ids.map(id => `${id} namespaces="git" ${fleet.publicKeyOf(id)}\n`).join(''));
  const startedMs = performance.now();
  const words = ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', ...ids.map(telemetryRef)];
  const done = spawnSync('git', words, { cwd: fleet.telemetry });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return performance.now() - startedMs;
}
