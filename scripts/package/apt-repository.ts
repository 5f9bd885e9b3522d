/** A folder that apt takes packages from, over HTTPS or from a stick: lists, and the signature that apt asks for. */
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Architecture, architectures } from './architecture.ts';
import { controlOf, type Deb } from './deb.ts';
import type { Signer } from './signer.ts';

const suite = 'stable';

export interface MadeDeb {
  readonly deb: Deb;
  /** Path of it. */
  readonly file: string;
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function paragraph({ deb, file }: MadeDeb, pool: string): string {
  const bytes = readFileSync(file);
  return `${controlOf(deb)}Filename: ${pool}/${path.basename(file)}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
}

function releaseOf(lists: ReadonlyMap<string, Buffer>, names: readonly Architecture[], date: string): string {
  const sums = [...lists].sort(([a], [b]) => (a < b ? -1 : 1));
  return `Origin: Towline
Label: Towline
Suite: ${suite}
Codename: ${suite}
Date: ${date}
Architectures: ${names.join(' ')}
Components: main
Description: Towline for Debian
SHA256:
${sums.map(([name, bytes]) => ` ${sha256(bytes)} ${bytes.length} ${name}\n`).join('')}`;
}

/**
 * Below `folder`: `dists/stable`, `pool/main`, and the key as `towline.asc`.
 * @param signer undefined: without a signature, which apt takes only where it is told to trust the place
 */
export function makeAptRepository(
  folder: string,
  debs: readonly MadeDeb[],
  epochSeconds: number,
  signer: Signer | undefined,
): void {
  const pool = 'pool/main';
  mkdirSync(path.join(folder, pool), { recursive: true });
  for (const { file } of debs) linkSync(file, path.join(folder, pool, path.basename(file)));
  const made = architectures.filter(name => debs.some(({ deb }) => deb.architecture === name));
  const dists = path.join(folder, 'dists', suite);
  const lists = new Map<string, Buffer>();
  for (const architecture of made) {
    const own = debs.filter(({ deb }) => deb.architecture === architecture);
    const text = own.map(one => paragraph(one, pool)).join('\n');
    lists.set(`main/binary-${architecture}/Packages`, Buffer.from(text));
    lists.set(`main/binary-${architecture}/Packages.gz`, gzipSync(text, { level: 9 }));
  }
  for (const [name, bytes] of lists) {
    mkdirSync(path.dirname(path.join(dists, name)), { recursive: true });
    writeFileSync(path.join(dists, name), bytes);
  }
  const release = path.join(dists, 'Release');
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', 'UTC');
  writeFileSync(release, releaseOf(lists, made, date));
  if (signer === undefined) return;
  signer.clearSign(release, path.join(dists, 'InRelease'));
  signer.detachedSignature(release, path.join(dists, 'Release.gpg'));
  writeFileSync(path.join(folder, 'towline.asc'), signer.publicKey());
  if (statSync(path.join(dists, 'InRelease')).size === 0) throw new Error('gpg signed nothing');
}
