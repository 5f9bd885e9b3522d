/** From a signed commit that opens a tunnel to the first command by stock ssh, without a forge. */
import { type Bench, figure, median } from '../figure.ts';
import { BenchDevice } from './device.ts';

const rounds = 7;

export const bench: Bench = async function* (signal) {
  await using device = await BenchDevice.start('bench-opened', signal);
  const opened: number[] = [];
  const least: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    signal.throwIfAborted();
    await device.commit('open');
    const started = performance.now();
    await device.push();
    const pushed = performance.now();
    await device.comesIn();
    const ms = performance.now() - started;
    // What a person waits for in any case: the same push, and the same ssh where the tunnel is open.
    const before = performance.now();
    await device.comesIn();
    await device.commit('closed');
    const pushing = performance.now();
    await device.push();
    const pushMs = performance.now() - pushing;
    if (round < 0) continue;
    opened.push(ms);
    least.push(pushMs + (pushing - before));
    console.error(
      `opened in ${Math.round(ms)} ms, ${Math.round(ms - (pushed - started))} after git push; git push and ssh alone take ${Math.round(least.at(-1) ?? 0)}`,
    );
  }
  const work = 'commit that opens a tunnel until ssh runs a command, median (peer: git push and ssh alone)';
  yield figure(work, 'ms', median(opened), median(least), { of: 'ratio', is: '<=', limit: 2 });
};
