/**
 * ssh2's cipher addon for the Node that ships, on any of its architectures, by Debian's compilers: the same bytes from
 * whatever folder. It is bound to one release of Node's C++ interface: where Node is the machine's own there is none.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { requireCommands } from '../../lab/machine/packages.ts';
import { type Architecture, targets } from './architecture.ts';
import { nodeRuntime, shipsNode, stripProgram } from './node-runtime.ts';

/** As node-gyp has them for a release. */
const defines = [
  ...['NODE_GYP_MODULE_NAME=sshcrypto', 'BUILDING_NODE_EXTENSION', 'USING_UV_SHARED=1', 'USING_V8_SHARED=1'],
  ...['_GLIBCXX_USE_CXX11_ABI=1', '_FILE_OFFSET_BITS=64', '_LARGEFILE_SOURCE', '__STDC_FORMAT_MACROS'],
  ...['OPENSSL_NO_PINSHARED', 'OPENSSL_THREADS', 'OPENSSL_API_COMPAT=0x10100000L', 'REAL_OPENSSL_MAJOR=3'],
];

const folderOf = (name: string): string =>
  path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

function must(command: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr.split('\n').slice(0, 8).join('\n')}`);
}

export const addonName = (architecture: Architecture): string =>
  `sshcrypto-linux-${targets[architecture].node}.node`;

/**
 * @param folder takes what is built on the way
 * @returns its bytes; undefined where none ships
 * @throws Error with the compiler's words
 */
export function addon(architecture: Architecture, folder: string): Buffer | undefined {
  if (!shipsNode(architecture)) return undefined;
  const compiler = architecture === 'amd64' ? 'g++' : `${targets[architecture].triplet}-g++`;
  requireCommands([compiler, stripProgram(architecture)]);
  const { headers } = nodeRuntime(architecture);
  const nan = folderOf('nan');
  const sources = path.join(folderOf('ssh2'), 'lib/protocol/crypto/src');
  const file = path.join(folder, addonName(architecture));
  must(compiler, [
    ...['-shared', '-fPIC', '-O3', '-std=gnu++20', '-fno-rtti', '-fno-exceptions', '-fno-strict-aliasing'],
    ...['-w', '-pthread', '-fvisibility=default', '-frandom-seed=towline', '-Wl,--build-id=none'],
    // What a compiler writes of paths is that of no folder.
    ...[sources, nan, headers].map(place => `-ffile-prefix-map=${place}=.`),
    ...defines.map(define => `-D${define}`),
    ...[`-I${headers}`, `-I${nan}`, '-o', file, path.join(sources, 'binding.cc')],
  ]);
  must(stripProgram(architecture), ['--strip-unneeded', '--remove-section=.comment', file]);
  const bytes = readFileSync(file);
  rmSync(file);
  return bytes;
}
