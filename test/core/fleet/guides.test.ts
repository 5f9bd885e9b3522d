/** What guides have people write into their files is valid where they say: the first line of an example names its files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from '../../../core/errors.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import type { FileKind } from '../../../core/fleet/schema-check.ts';
import { blocksOf } from '../../../scripts/walk/page.ts';
import { treeFiles } from '../../architecture/tree.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = treeFiles(file => /^docs\/(?:guides\/.*|trust)\.md$/.test(file));
const passkey = new SoftPasskey('https://portal.acme.com').line;
const key = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')}`;
const place = /^(?:# (?:fleet\.yaml|gateway\.yaml|(?:apps|groups|devices|operators|trust)\/)|sinks:$)/m;
/** Beginning of a place → what kind of file is there, and what each of them has besides. */
const kinds: readonly (readonly [place: string, kind: FileKind, more: string])[] = [
  [
    'fleet.yaml',
    'fleet',
    `name: acme\ngateways: [{ address: "gw:1", tlsPins: ["sha256:${'A'.repeat(43)}="] }]\n`,
  ],
  ['gateway.yaml', 'gateway', `fleet: acme\nanchor: ${'a'.repeat(40)}\n`],
  // On the pages of sinks, that says it already.
  ['sinks:', 'gateway', `fleet: acme\nanchor: ${'a'.repeat(40)}\n`],
  ['apps/', 'app', ''],
  ['groups/', 'group', ''],
  ['devices/', 'device', ''],
  ['operators/', 'operator', `sshKeys: ["${key}"]\n`],
  [
    'trust/policy.yaml',
    'policy',
    `fleet: acme\nversion: 1\nprincipals: { alice: { ssh: ["${key}"] } }\nroles: {}\n`,
  ],
];

interface Example {
  readonly where: string;
  /** As the page has it: one file, or several of which each is an example. */
  readonly files: string;
  readonly yaml: string;
}

const blocks = pages.flatMap(page =>
  blocksOf(page, readFileSync(path.join(root, page), 'utf8')).filter(({ language }) => language === 'yaml'),
);

/** A block may hold what stands in several files, one below the other. */
const examples: Example[] = blocks.flatMap(({ page, line, text }) =>
  text
    .split(/^(?=# (?:[a-z]+\.yaml|[a-z]+\/))/m)
    .filter(yaml => place.test(yaml))
    .map(yaml => ({ where: `${page}:${line}`, files: yaml.split('\n')[0] ?? '', yaml })),
);

function problemsOf({ files, yaml }: Example): string[] {
  const filled = yaml
    .replaceAll('ssh-ed25519 AAAA…', key)
    .replaceAll('sk-ecdsa-sha2-nistp256@openssh.com AAAA… <credential id>', passkey);
  const own = new Set([...filled.matchAll(/^(\w+):/gm)].map(([, name]) => name));
  return kinds
    .filter(([named]) => files.includes(named))
    .flatMap(([, kind, more]) => {
      const rest = more.split('\n').filter(line => !own.has(line.split(':')[0]));
      const text = `apiVersion: towline/v1\n${rest.join('\n')}\n${filled}`;
      const { problems } = readFleetFile(kind, 'f.yaml', Buffer.from(text));
      // A piece of a list or of a table, which a whole file has more of.
      return problems
        .map(formatProblem)
        .filter(problem => !/gateways\.0 lacks the key "tlsPins"|roles lacks the key "root"/.test(problem))
        .map(problem => `${kind}: ${problem}`);
    });
}

test('what guides have people write into their files is valid where they say', () => {
  assert.ok(examples.filter(({ files }) => files === 'sinks:').length >= 12);
  assert.ok(examples.length >= 27, `${examples.length} examples`);
  const wrong = examples.flatMap(example =>
    problemsOf(example).map(problem => `${example.where} ${example.files}: ${problem}`),
  );
  assert.deepEqual(wrong, []);
});

test('each example on remote access says in which files it stands', () => {
  const without = blocks
    .filter(({ page, text }) => page.startsWith('docs/guides/remote-access') && !place.test(text))
    .map(({ page, line }) => `${page}:${line}`);
  assert.deepEqual(without, []);
});
