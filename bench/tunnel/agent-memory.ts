/** What the agent keeps in memory: with a tunnel that was never open, with an open one, and with five people in containers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { askAgent } from '../../agent/trigger/control.ts';
import { residentMiB } from '../as-shipped.ts';
import { type Bench, figure, median } from '../figure.ts';
import { BenchDevice } from './device.ts';

const sessions = 5;
/** Garbage of a pass that did something is collected a few seconds after it. */
const settleMs = 6_000;

export const bench: Bench = async function* (signal) {
  await using device = await BenchDevice.start('bench-people', signal);
  const { program, state } = device.rig.device(device.id);
  const resident = async () => {
    await wait(settleMs, undefined, { signal });
    const values: number[] = [];
    for (let reading = 0; reading < 5; reading += 1) {
      await askAgent(state, { verb: 'now' });
      values.push((residentMiB(program.pid) * 2 ** 20) / 1e6);
    }
    return median(values);
  };
  yield figure('resident memory of the agent, no tunnel', 'MB', await resident(), null, {
    of: 'ours',
    is: '<=',
    limit: 90,
  });
  await device.push(await device.commit('open'));
  await device.comesIn();
  const people = Array.from({ length: sessions }, () =>
    spawn('ssh', [...device.ssh(`web@${device.id}`), 'echo in; exec cat'], {
      env: { ...process.env, ...device.rig.workspace.environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  try {
    await Promise.all(people.map(({ stdout }) => once(stdout, 'data', { signal })));
    yield figure(`the same with ${sessions} sessions in a container`, 'MB', await resident(), null, {
      of: 'ours',
      is: '<=',
      limit: 105,
    });
  } finally {
    for (const person of people) person.kill();
  }
};
