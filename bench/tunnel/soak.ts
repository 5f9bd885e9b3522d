/**
 * `npm run soak:access [MINUTES]`: people at a device in all the ways there are, while clients, connections, tunnel and grant
 * are cut at random. What ended well has every byte once; when all are gone, nothing is left open or held. Exit 1 where not.
 */
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
/** What a part may have grown by that holds nothing of what went through it, bytes. */
const allowedGrowth = 8 * mebibyte;
/** For heap snapshots of both parts, before and after. */
const snapshots = process.env.TOWLINE_SOAK_SNAPSHOTS;

type Parts = Awaited<ReturnType<SoakedDevice['held']>>;

/** When all that was going on has ended. @returns what each part holds, and what still runs in the container */
async function rest(
  device: SoakedDevice,
): Promise<{ readonly held: Parts; readonly left: readonly string[] }> {
  await device.grant();
  await wait(settleMs);
  const end = performance.now() + endedMs;
  while (performance.now() < end && (await device.leftInContainer()).length > 0) await wait(1_000);
  return { held: await device.held(), left: await device.leftInContainer() };
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
        count(`${kind} ${outcome}`);
      }
    }),
  );
  for (const [cut, times] of cutter.cuts) tally.set(`cut: ${cut}`, (tally.get(`cut: ${cut}`) ?? 0) + times);
}

function grown(before: Parts, after: Parts): string[] {
  return (['gateway', 'agent'] as const).flatMap(part => [
    ...(after[part].descriptors > before[part].descriptors + 4 ? [`descriptors of the ${part} grow`] : []),
    ...(after[part].heapBytes > before[part].heapBytes + allowedGrowth
      ? [`memory of the ${part} grows`]
      : []),
  ]);
}

await using device = await SoakedDevice.start();
const tally = new Map<string, number>();
// What is loaded, compiled and opened once has been by then.
await soak(device, Math.min(60_000, minutes * 12_000), tally);
const before = await rest(device);
if (snapshots !== undefined) await device.snapshot(snapshots, 'before');
/** Between them all comes to rest, so that growth shows by its steps. */
const stretches = Math.max(1, Math.round(minutes / 5));
let after = before;
for (let stretch = 0; stretch < stretches; stretch += 1) {
  await soak(device, (minutes * 60_000) / stretches, tally);
  after = await rest(device);
  console.log(JSON.stringify({ minutes: ((stretch + 1) * minutes) / stretches, ...after }));
}
if (snapshots !== undefined) await device.snapshot(snapshots, 'after');
for (const [what, times] of [...tally].sort()) console.log(`${String(times).padStart(6)}  ${what}`);
console.log(JSON.stringify({ before, after }));
const wrong = [
  ...[...tally.keys()].filter(what => /lost|doubled|hangs/.test(what)),
  ...grown(before.held, after.held),
  ...after.left.map(line => `left running in the container: ${line}`),
  ...([...tally.keys()].some(what => / whole$/.test(what)) ? [] : ['nothing ended well']),
];
for (const what of wrong) console.error(`WRONG: ${what}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
