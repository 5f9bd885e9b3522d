/**
 * `npm run soak [-- --pairs N --seed S]`: N generated updates (500 unless said otherwise) with random kill points, from
 * seed S on. `npm run soak -- MINUTES`: a fleet that changes all the time, and its agent's memory. Exit 1 when a pair does
 * not converge, or memory still grows at the end.
 */
import { parseArgs } from 'node:util';

const usage = `usage: npm run soak [-- --pairs N --seed S | -- --fetches N | -- MINUTES]

  --pairs N    generated updates with random kill points; 500 unless said otherwise
  --seed S     the first of them; 1 unless said otherwise
  --fetches N  fetches of one bundled agent: its disk, its memory and its trusted commit
  MINUTES      a fleet that changes all the time, and its agent's memory
  --lab TIME   a fleet in a lab (Linux, root) that is disturbed in every way for so long: 24h, 8h, 5m
    --devices N   so many devices; 6 unless said otherwise
    --seed S      what happens, and when
    --report DIR  where the report goes, and what was recorded; soak-report unless said otherwise
    --part        goes on with what was recorded there: a soak in parts
    --again       only writes the report anew, of what was recorded; --lab 0m

Example: npm run soak -- --pairs 20 --seed 7
         npm run soak -- --lab 8h --report /var/tmp/soak --part`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        pairs: { type: 'string', default: '500' },
        seed: { type: 'string', default: '1' },
        fetches: { type: 'string' },
        lab: { type: 'string' },
        devices: { type: 'string', default: '6' },
        report: { type: 'string', default: 'soak-report' },
        part: { type: 'boolean', default: false },
        again: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return process.exit(2);
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(usage);
  process.exit(2);
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const stop = new AbortController();
/** Told twice: it ends without waiting for anybody. */
const hurry = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    if (values.lab !== undefined) process.once(signal, () => hurry.abort());
  });
}
const [minutes] = positionals;
if (values.lab !== undefined) {
  const { soakLab } = await import('./lab-soak.ts');
  const { lab: time, devices, seed, report: folder, part, again } = values;
  const options = { time, devices: whole(devices), seed: whole(seed), folder, part, again };
  process.exitCode = await soakLab(options, stop.signal, hurry.signal);
} else if (values.fetches !== undefined) {
  const { soakFetches } = await import('./soak-fetches.ts');
  const { ok, ...figures } = await soakFetches(whole(values.fetches), stop.signal);
  console.log(figures);
  process.exitCode = ok ? 0 : 1;
} else if (minutes === undefined) {
  const { soakPairs } = await import('./soak-pairs.ts');
  const startMs = performance.now();
  const { converged, failed, nextSeed } = await soakPairs(
    whole(values.pairs),
    whole(values.seed),
    stop.signal,
  );
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(
    `${converged} pairs converged, ${failed.length} did not${failed.length === 0 ? '' : ` (seeds ${failed.join(', ')})`}, in ${seconds} s`,
  );
  if (stop.signal.aborted) console.log(`stopped: goes on with --seed ${nextSeed}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} else {
  const { soakMemory } = await import('./soak-memory.ts');
  process.exitCode = (await soakMemory(whole(minutes), stop.signal)) ? 0 : 1;
}
