/** What the house measures of itself, each with its bar: `npm run check -- --house`. */
import path from 'node:path';
import { castLines } from './casts.ts';
import { circles, folderGraph, importGraph } from './circles.ts';
import { largeFunctions } from './functions.ts';
import { treeSources } from './tree.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  /** What it counts, a line each. */
  readonly found: readonly string[];
}

export const programs = ['agent', 'gateway', 'cli', 'portal', 'core'] as const;
const flatBars = { agent: 3, gateway: 7, cli: 2, portal: 2 } as const;

export const longestFile = 220;
export const longestFunction = 60;

const lineCount = (source: string) => source.split('\n').length - (source.endsWith('\n') ? 1 : 0);

/** Until a second runtime is there: docs/decisions/house.md. */
export const isKnownCircle = (folders: readonly string[]): boolean =>
  folders.every(folder => folder === 'core/plan' || folder === 'core/plan/container');

/** @param root a repository, this one or an older checkout of it @param biome the program that reads functions */
export function houseFigures(root: string, biome: string): Figure[] {
  const sources = new Map(
    [...treeSources(root)].filter(([file]) => programs.some(program => file.startsWith(`${program}/`))),
  );
  const counted = (name: string, bar: number, found: readonly string[]): Figure => ({
    name,
    value: found.length,
    bar,
    found,
  });
  const flat = Object.entries(flatBars).map(([program, bar]) =>
    counted(
      `files flat in ${program}/`,
      bar,
      [...sources.keys()].filter(file => path.dirname(file) === program),
    ),
  );
  const graph = importGraph(sources);
  const files = circles(graph).map(group => group.join(' '));
  const folders = circles(folderGraph(graph)).filter(group => !isKnownCircle(group));
  const { parameters, lines } = largeFunctions(biome, root, [...programs]);
  const shown = ({ file, line, size }: { file: string; line: number; size: number }) =>
    `${file}:${line} ${size}`;
  return [
    ...flat,
    counted('circles of files', 0, files),
    counted(
      'circles of folders',
      0,
      folders.map(group => group.join(' ')),
    ),
    counted('functions with more than 4 parameters', 0, parameters.map(shown)),
    counted(
      `functions with more than ${longestFunction} lines`,
      0,
      lines.filter(({ size }) => size > longestFunction).map(shown),
    ),
    counted(
      `files with more than ${longestFile} lines`,
      0,
      [...sources].flatMap(([file, source]) =>
        lineCount(source) > longestFile ? [`${file} ${lineCount(source)}`] : [],
      ),
    ),
    counted(
      'casts (as)',
      20,
      [...sources].flatMap(([file, source]) => castLines(source).map(line => `${file}:${line}`)),
    ),
  ];
}
