/**
 * The Node that ships: the official binary as npm's `node-linux-*` carries it, at the version of our dependency `node`, with
 * the integrity that node-runtime.json pins; its symbols for debuggers taken off. Fetched and stripped once, outside of the repository.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../../lab/machine/cached-folder.ts';
import { requireCommands } from '../../lab/machine/packages.ts';
import { type Architecture, targets } from './architecture.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Pinned {
  readonly version: string;
  readonly packages: Partial<Record<Architecture, { readonly name: string; readonly integrity: string }>>;
}

export interface NodeRuntime {
  /** Path of the stripped program. */
  readonly program: string;
  /** Path of its licence. */
  readonly licence: string;
  /** Folder of its C++ headers. */
  readonly headers: string;
}

const pinned = (): Pinned =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'node-runtime.json'), 'utf8')) as Pinned;

/** Version of the Node that ships. @throws Error where what is pinned is not what is tested with */
export function nodeVersion(): string {
  const { version } = pinned();
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const tested: unknown = lock.packages['node_modules/node'].version;
  if (tested !== version)
    throw new Error(`scripts/package/node-runtime.json pins Node ${version}, package-lock.json ${tested}`);
  return version;
}

function run(command: string, parameters: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** @throws Error for other bytes than those that are pinned: nothing of them is unpacked */
export function checkIntegrity(bytes: Uint8Array, integrity: string, name: string): void {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== integrity) throw new Error(`${name} is ${found}, pinned is ${integrity}`);
}

function unpack(architecture: Architecture, made: string, scratch: string): void {
  const source = pinned().packages[architecture];
  if (source === undefined) throw new Error(`no Node ships for ${architecture}`);
  const words = ['pack', '--silent', '--ignore-scripts', `${source.name}@${nodeVersion()}`];
  const file = path.join(scratch, run('npm', words, scratch).trim().split('\n').at(-1) ?? '');
  checkIntegrity(readFileSync(file), source.integrity, source.name);
  run('tar', ['-xzf', file, '-C', scratch, '--no-same-owner'], scratch);
  const from = path.join(scratch, 'package');
  const strip = stripProgram(architecture);
  run(strip, ['--strip-all', '-o', path.join(made, 'node'), path.join(from, 'bin/node')], scratch);
  copyFileSync(path.join(from, 'LICENSE'), path.join(made, 'LICENSE'));
  cpSync(path.join(from, 'include/node'), path.join(made, 'include'), { recursive: true });
}

/** Of the binutils for that architecture. */
export const stripProgram = (architecture: Architecture): string =>
  architecture === 'amd64' ? 'strip' : `${targets[architecture].triplet}-strip`;

/** Where Node itself ships; elsewhere it is the machine's. */
export const shipsNode = (architecture: Architecture): boolean =>
  pinned().packages[architecture] !== undefined;

/** @throws Error where it cannot be had, or is not what is pinned */
export function nodeRuntime(architecture: Architecture): NodeRuntime {
  const strip = stripProgram(architecture);
  requireCommands([strip]);
  // Another version of binutils may write other bytes.
  const tool = run(strip, ['--version'], root).split('\n')[0];
  const key = `${pinned().packages[architecture]?.integrity} ${tool}`;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const name = `node-${nodeVersion()}-${architecture}-${digest}`;
  const folder = cachedFolder(name, (made, scratch) => unpack(architecture, made, scratch));
  return {
    program: path.join(folder, 'node'),
    licence: path.join(folder, 'LICENSE'),
    headers: path.join(folder, 'include'),
  };
}
