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
    const opening = await device.commit('open');
    const started = performance.now();
    await device.push(opening);
    const pushed = performance.now();
    await device.comesIn();
    const ms = performance.now() - started;
    // What a person waits for in any case: the same push, and the same ssh where the tunnel is open.
    const before = performance.now();
    await device.comesIn();
    const closing = await device.commit('closed');
    const pushing = performance.now();
    await device.push(closing);
    const pushMs = performance.now() - pushing;
    if (round < 0) continue;
    opened.push(ms);
    least.push(pushMs + (pushing - before));
    console.error(
      `opened in ${Math.round(ms)} ms, ${Math.round(ms - (pushed - started))} after git push; git push and ssh alone take ${Math.round(least.at(-1) ?? 0)}`,
    );
  }
  const from =
    'commit that opens a tunnel, as `towline tunnel open` pushes it, until ssh runs a command, median (peer: two seconds)';
  yield figure(from, 'ms', median(opened), 2000, { of: 'ratio', is: '<=', limit: 1 });
  const work = 'the same (peer: git push and ssh alone)';
  yield figure(work, 'ms', median(opened), median(least), { of: 'ratio', is: '<=', limit: 2 });
};
