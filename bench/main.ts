/** `npm run bench -- NAME [ROW …] [--json | --markdown]`: the figures of bench/<NAME>.ts. Exit 1 when one misses its bar. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureNativeAddon } from '../scripts/native-addon.ts';
import type { Bench, BenchFigure } from './figure.ts';
import { machineFacts } from './machine.ts';

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

/** For docs/performance.md: the machine, then the figures. */
function markdown(name: string, figures: readonly BenchFigure[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const facts = [...machineFacts()].map(([fact, value]) => `${fact} ${value}`);
  const head = ['work', 'unit', 'ours', 'peer', 'ratio', 'bar', ''];
  const rows = [head, head.map(() => '---'), ...figures.map(row)];
  return `\`npm run bench -- ${name}\`: ${facts.join(', ')}.\n\n${rows.map(line).join('\n')}`;
}

type Format = 'table' | 'json' | 'markdown';

interface Wanted {
  readonly name: string;
  /** Of a bench that has names for them; none: all. */
  readonly rows: readonly string[];
  readonly format: Format;
}

async function run({ name, rows, format }: Wanted, signal: AbortSignal): Promise<boolean> {
  const { bench } = (await import(path.join(import.meta.dirname, `${name}.ts`))) as { bench: Bench };
  const figures: BenchFigure[] = [];
  for await (const figure of bench(signal, rows)) {
    figures.push(figure);
    if (format === 'json') console.log(JSON.stringify(figure));
    else console.error(`${figure.ok ? 'ok    ' : 'MISSED'} ${figure.work}`);
  }
  if (format === 'table') console.log(table(figures));
  if (format === 'markdown') console.log(markdown([name, ...rows].join(' '), figures));
  return figures.length > 0 && figures.every(figure => figure.ok);
}

const given = process.argv.slice(2);
const format = given.includes('--json') ? 'json' : given.includes('--markdown') ? 'markdown' : 'table';
const [name, ...rows] = given.filter(argument => !argument.startsWith('-'));
if (
  name === undefined ||
  !/^[a-z0-9-]+$/.test(name) ||
  !existsSync(path.join(import.meta.dirname, `${name}.ts`))
) {
  console.error(
    `usage: npm run bench -- NAME [ROW …] [--json | --markdown]\nNAME is one of: ${names().join(', ') || '(none yet)'}`,
  );
  process.exitCode = 2;
} else {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  try {
    // Before anything loads ssh2: what is measured is what ships.
    ensureNativeAddon();
    process.exitCode = (await run({ name, rows, format }, controller.signal)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exitCode = 1;
  }
}
