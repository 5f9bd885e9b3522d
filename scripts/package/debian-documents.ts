/** What a package has besides programs: papers that Debian asks for, scripts of its maintainer, users, pages. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DebFile, maintainer } from './deb.ts';
import type { PartFiles } from './part-archive.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'deploy/debian');

/** @param packed by gzip, as Debian wants some */
export function debianFile(name: string, { packed = false } = {}): DebFile & { readonly bytes: Buffer } {
  const bytes = readFileSync(path.join(folder, name));
  return { bytes: packed ? gzipSync(bytes, { level: 9 }) : bytes };
}

export function maintainerScripts(name: string): ReadonlyMap<string, Uint8Array> {
  const kinds = ['preinst', 'postinst', 'prerm', 'postrm'];
  const there = kinds.filter(kind => existsSync(path.join(folder, `${name}.${kind}`)));
  return new Map(there.map(kind => [kind, debianFile(`${name}.${kind}`).bytes]));
}

/** Lines of deploy/systemd/towline.sysusers.conf for these users. */
export function users(...names: readonly string[]): DebFile {
  const text = readFileSync(path.join(root, 'deploy/systemd/towline.sysusers.conf'), 'utf8');
  const lines = text.split('\n').filter(line => names.includes(/^[um] (\S+) /.exec(line)?.[1] ?? ''));
  return { bytes: Buffer.from(`${lines.join('\n')}\n`) };
}

/** A page of docs/guides where units look for it: whichever package brings it. */
export const guide = (name: string): [string, DebFile] => [
  `usr/share/doc/towline/${name}.md`,
  { bytes: readFileSync(path.join(root, 'docs/guides', `${name}.md`)) },
];

export function changelog(name: string, version: string, epochSeconds: number): DebFile {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  const text = `${name} (${version}) unstable; urgency=medium

  * What is new stands in CHANGELOG.md of the source.

 -- ${maintainer}  ${date}
`;
  return { bytes: gzipSync(text, { level: 9 }) };
}

/** Which licences there are, and where their texts lie: they are long, and Debian has some of them already. */
export function copyright(agent: PartFiles, node: PartFiles | undefined): DebFile {
  const licences = Buffer.from(agent.get('LICENCES.txt')?.bytes ?? '').toString('utf8');
  const names = [...licences.matchAll(/^-{80}\n\n(\S+ \S+ \([^)\n]*\))$/gm)].map(
    ([, name = '']) => `  ${name}\n`,
  );
  const ofNode =
    node === undefined
      ? ''
      : '\nThe program node is Node.js, Copyright its contributors: /usr/lib/towline/LICENSE.node.\n';
  const text = `Towline, Copyright 2026 the Towline authors, is under the Apache License 2.0:
/usr/share/common-licenses/Apache-2.0.
${ofNode}
Its programs contain, each with its notice and its licence in /usr/lib/towline/LICENCES.txt:

${names.join('')}
openpgp lies beside them as openpgp.mjs, unchanged, under the GNU Lesser General Public License, version 3 or
later (/usr/share/common-licenses/LGPL-3), and may be replaced.
`;
  return { bytes: Buffer.from(text) };
}
