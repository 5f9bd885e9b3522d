/**
 * `npm run fuzz [-- NAME…] [--minutes N | --runs N] [--seed N]`: what CI tries a few hundred times, tried for longer, two
 * targets at a time. What it finds becomes a case of its own. Exit 1 on a finding.
 */
import { parseArgs } from 'node:util';
import { FuzzRound, type Result } from './round.ts';
import { targets } from './targets.ts';

const usage = `usage: npm run fuzz -- [NAME…] [--minutes N | --runs N] [--seed N]

  NAME         ${Object.keys(targets).join(' ')}
               all unless some are named
  --minutes N  for all of them together, in rounds, each from a seed of its own; 10 unless said otherwise
  --runs N     so many runs of each property instead, once
  --seed N     where the seeds begin: the same seed and the same targets try the same inputs

Ends with a table of runs and findings for each target. Exit 1 on a finding, 2 for a wrong option.`;

const parallel = 2;
const secondMs = 1000;

interface Options {
  readonly names: readonly string[];
  readonly minutes: number;
  readonly runs: number | undefined;
  readonly seed: number;
}

function readOptions(): Options | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: {
        minutes: { type: 'string', default: '10' },
        runs: { type: 'string' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    if (values.help === true) return 'help';
    const minutes = Number(values.minutes);
    const runs = values.runs === undefined ? undefined : Number(values.runs);
    const isKnown = positionals.every(name => Object.hasOwn(targets, name));
    const isGood = isKnown && minutes > 0 && minutes <= 10_000 && /^\d{1,10}$/.test(values.seed);
    if (!isGood || (runs !== undefined && !(Number.isSafeInteger(runs) && runs > 0))) return undefined;
    const names = positionals.length > 0 ? positionals : Object.keys(targets);
    return { names, minutes, runs, seed: Number(values.seed) };
  } catch {
    return undefined;
  }
}

/** Takes targets in turn, two at a time, until the time is over (with `runs`: each once). */
async function fuzz({ names, minutes, runs, seed }: Options): Promise<readonly Result[]> {
  const results: Result[] = [];
  const endMs = performance.now() + minutes * 60 * secondMs;
  // A short time is shared by all: each property gets less of it in a round.
  const propertyMs = Math.min(10 * secondMs, Math.max(500, minutes * 300));
  let turn = 0;
  const work = async () => {
    for (;;) {
      const round = Math.floor(turn / names.length);
      const name = names[turn % names.length];
      // Each target has its turn once, however short the time.
      if (name === undefined || (round > 0 && (runs !== undefined || performance.now() > endMs))) return;
      turn += 1;
      const effort = runs === undefined ? { ms: propertyMs } : { runs };
      const result = await new FuzzRound(name, seed + round, effort).run();
      results.push(result);
      console.log(progress(result, round, endMs));
      if (result.finding !== undefined) console.log(`--- ${name}, seed ${result.seed}\n${result.finding}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return results;
}

function progress({ name, runs, finding, tookMs, seed }: Result, round: number, endMs: number): string {
  const left = Math.max(0, Math.round((endMs - performance.now()) / secondMs));
  const word = finding === undefined ? 'ok     ' : 'FINDING';
  const took = Math.round(tookMs / secondMs);
  return `${word} ${name}: ${runs} runs in ${took} s (seed ${seed}, round ${round + 1}, ${left} s left)`;
}

function table(results: readonly Result[], names: readonly string[]): string {
  const rows = names.map(name => {
    const own = results.filter(result => result.name === name);
    const runs = own.reduce((sum, result) => sum + result.runs, 0);
    const findings = own.filter(result => result.finding !== undefined).length;
    return [name, String(runs), String(findings)];
  });
  const total = (column: number) => String(rows.reduce((sum, row) => sum + Number(row[column]), 0));
  const all = [['target', 'runs', 'findings'], ...rows, ['all', total(1), total(2)]];
  const width = Math.max(...all.map(([name = '']) => name.length));
  return all
    .map(
      ([name = '', runs = '', found = '']) =>
        `${name.padEnd(width)}  ${runs.padStart(12)}  ${found.padStart(8)}`,
    )
    .join('\n');
}

const options = readOptions();
if (options === 'help' || options === undefined) {
  (options === 'help' ? console.log : console.error)(usage);
  process.exitCode = options === 'help' ? 0 : 2;
} else {
  console.log(`seed ${options.seed}`);
  const results = await fuzz(options);
  console.log(`\n${table(results, options.names)}`);
  process.exitCode = results.some(({ finding }) => finding !== undefined) ? 1 : 0;
}
