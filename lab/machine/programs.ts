/** Our own programs, as processes are started of them: what ships, where `npm test` has bundled it, else the sources. */
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** A part of what ships: the programs lie beside it. */
const isShipped = import.meta.filename.endsWith('.js');

/** The folder that `npm test` bundles to: a bundle starts in two thirds of the CPU, and is what users run. */
export const bundled = process.env.TOWLINE_PROGRAMS ?? (isShipped ? import.meta.dirname : undefined);

/** Path of a program's entry. */
export const entries =
  bundled === undefined
    ? {
        agent: path.join(root, 'agent/main.ts'),
        gateway: path.join(root, 'gateway/main.ts'),
        towline: path.join(root, 'cli/main.ts'),
      }
    : {
        agent: path.join(bundled, 'agent.js'),
        gateway: path.join(bundled, 'gateway.js'),
        towline: path.join(bundled, 'towline.js'),
      };

/** A program as it is started: Node, its own options, the entry, then words. */
export const programWords = (
  program: keyof typeof entries,
  words: readonly string[],
  nodeOptions: readonly string[] = [],
): string[] => [
  ...[process.execPath, '--disable-warning=ExperimentalWarning', ...nodeOptions],
  ...[entries[program], ...words],
];

/** The folder in which a shell finds `towline`. */
export const commandFolder = path.join(bundled ?? root, 'bin');
