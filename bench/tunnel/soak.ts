/**
 * `npm run soak:access [MINUTES]`: people at a device in all the ways there are, while clients, connections, tunnel and grant
 * are cut at random. What ended well has every byte once; when all are gone, nothing is left open or held. Exit 1 where not.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Cutter } from './soak-cuts.ts';
import { SoakedDevice } from './soak-device.ts';
import { kinds, type Visit, visit } from './soak-visits.ts';

const minutes = Number(process.argv[2] ?? 30);
const atOnce = 6;
const settleMs = 8_000;
/** What was cut may take this long to be gone on a machine that has much to do: a relay's own time, and a second command. */
const endedMs = 90_000;
const mebibyte = 1024 * 1024;
/** What a process may have grown by that holds nothing of what went through it, bytes. */
const allowedGrowth = 24 * mebibyte;

interface Held {
  readonly descriptors: number;
  readonly heapBytes: number;
  readonly leftInContainer: readonly string[];
}

async function held(device: SoakedDevice): Promise<Held> {
  await wait(settleMs);
  const end = performance.now() + endedMs;
  while (performance.now() < end && (await device.leftInContainer()).length > 0) await wait(1_000);
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    heapBytes: process.memoryUsage().heapUsed + process.memoryUsage().external,
    leftInContainer: await device.leftInContainer(),
  };
}

async function soak(device: SoakedDevice, forMs: number, tally: Map<string, number>): Promise<void> {
  const end = performance.now() + forMs;
  using cutter = new Cutter(device);
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < end) {
        const kind = kinds[Math.floor(Math.random() * kinds.length)] ?? 'echo';
        const outcome: Visit = await visit(device, kind, child => cutter.know(child));
        device.forget();
        count(`${kind} ${outcome}`);
      }
    }),
  );
  for (const [cut, times] of cutter.cuts) tally.set(`cut: ${cut}`, (tally.get(`cut: ${cut}`) ?? 0) + times);
}

if (globalThis.gc === undefined) throw new Error('run it as npm run soak:access');
await using device = await SoakedDevice.start();
const tally = new Map<string, number>();
// What is loaded, compiled and opened once has been by then.
await soak(device, Math.min(30_000, minutes * 12_000), tally);
await device.grant();
const before = await held(device);
await soak(device, minutes * 60_000, tally);
await device.grant();
const after = await held(device);
for (const [what, times] of [...tally].sort()) console.log(`${String(times).padStart(6)}  ${what}`);
console.log(JSON.stringify({ before, after }));
const wrong = [
  ...[...tally.keys()].filter(what => /lost|doubled|hangs/.test(what)),
  ...(after.descriptors > before.descriptors + 4 ? ['descriptors grow'] : []),
  ...(after.heapBytes > before.heapBytes + allowedGrowth ? ['memory grows'] : []),
  ...after.leftInContainer.map(line => `left running in the container: ${line}`),
  ...([...tally.keys()].some(what => / whole$/.test(what)) ? [] : ['nothing ended well']),
];
for (const what of wrong) console.error(`WRONG: ${what}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
