/**
 * `npm run check -- --house [--list] [DIR]`: the figures of the house with their bars, of this repository or of an older
 * checkout of it. With `--list`: what each counts. Exits 1 where a bar is missed.
 */
import path from 'node:path';
import { houseFigures } from './house/figures.ts';

const root = path.dirname(import.meta.dirname);

/** @returns the exit code */
export function printHouse(args: readonly string[]): number {
  const [folder = root] = args.filter(argument => !argument.startsWith('--'));
  const figures = houseFigures(folder, path.join(root, 'node_modules/.bin/biome'));
  for (const { name, value, bar, found } of figures) {
    console.log(
      `${value <= bar ? '      ' : 'not ok'} ${name.padEnd(42)} ${String(value).padStart(4)}  (at most ${bar})`,
    );
    if (args.includes('--list')) for (const line of found) console.log(`         ${line}`);
  }
  return figures.every(({ value, bar }) => value <= bar) ? 0 : 1;
}
