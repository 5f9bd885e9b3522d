/** `npm run bench -- NAME [--json]`: the figures of bench/<NAME>.ts. Exit 1 when one misses its bar. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bench, BenchFigure } from './figure.ts';

/** A benchmark is a file that exports `bench`. */
function names(): string[] {
  return readdirSync(import.meta.dirname)
    .filter(file => file.endsWith('.ts') && !['main.ts', 'figure.ts'].includes(file))
    .filter(file =>
      /^export (const|async function\*) bench\b/m.test(
        readFileSync(path.join(import.meta.dirname, file), 'utf8'),
      ),
    )
    .map(file => file.slice(0, -3))
    .sort();
}

function row(figure: BenchFigure): string[] {
  const { work, unit, ours, peer, ratio, bar, ok } = figure;
  const cells = [work, unit, ours, peer ?? '–', ratio ?? '–', bar, ok ? 'ok' : 'MISSED'];
  return cells.map(String);
}

function table(figures: readonly BenchFigure[]): string {
  const rows = [['work', 'unit', 'ours', 'peer', 'ratio', 'bar', ''], ...figures.map(row)];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(cells => cells[column]?.length ?? 0)),
  );
  return rows
    .map(cells =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function run(name: string, json: boolean, signal: AbortSignal): Promise<boolean> {
  const { bench } = (await import(path.join(import.meta.dirname, `${name}.ts`))) as { bench: Bench };
  const figures: BenchFigure[] = [];
  for await (const figure of bench(signal)) {
    figures.push(figure);
    if (json) console.log(JSON.stringify(figure));
    else console.error(`${figure.ok ? 'ok    ' : 'MISSED'} ${figure.work}`);
  }
  if (!json) console.log(table(figures));
  return figures.length > 0 && figures.every(figure => figure.ok);
}

const given = process.argv.slice(2);
const json = given.includes('--json');
const name = given.find(argument => !argument.startsWith('-'));
if (
  name === undefined ||
  !/^[a-z0-9-]+$/.test(name) ||
  !existsSync(path.join(import.meta.dirname, `${name}.ts`))
) {
  console.error(
    `usage: npm run bench -- NAME [--json]\nNAME is one of: ${names().join(', ') || '(none yet)'}`,
  );
  process.exitCode = 2;
} else {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  try {
    process.exitCode = (await run(name, json, controller.signal)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exitCode = 1;
  }
}
