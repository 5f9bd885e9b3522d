/** A fleet of many devices and a signed history of it, in memory: what a walk costs where little changes in much. */
import { createHash, randomBytes } from 'node:crypto';
import { sshLine } from '../../lab/rig/key-spellings.ts';
import { MemoryKey, MemoryRepository } from '../../lab/rig/memory-repository.ts';

export interface FleetHistory {
  readonly repository: MemoryRepository;
  /** From the anchor to the head. */
  readonly commits: readonly string[];
}

/** What each commit does: opens a tunnel, or gives a device new keys. */
export type Kind = 'tunnels' | 'keys';

const folders = 100;
const root = new MemoryKey();
const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

/** @param devices count; each in one of 100 folders, with TLS, SSH and OpenPGP keys. */
export function makeFleetHistory(devices: number, length: number, kind: Kind, walk: number): FleetHistory {
  const repository = new MemoryRepository();
  const files = Array.from({ length: folders }, () => new Map<string, string>());
  const keys: string[] = [];
  const write = (number: number, tunnel: string): void => {
    const keep = kind === 'tunnels' && keys[number] !== undefined;
    keys[number] = keep ? (keys[number] ?? '') : deviceKeys();
    const text = `apiVersion: towline/v1\ngroups: [eu]\nlabels: { site: berlin }\n${keys[number]}tunnel: ${tunnel}\n`;
    files[number % folders]?.set(`pump-${number}.yaml`, repository.store('blob', text));
  };
  for (let number = 0; number < devices; number += 1) write(number, 'closed');
  const trees = files.map(folder => treeOf(repository, '100644', folder));
  const policy = repository.store('blob', policyText(walk));
  const trust = treeOf(repository, '100644', new Map([['policy.yaml', policy]]));
  const commits: string[] = [];
  for (let number = 0; number <= length; number += 1) {
    if (number > 0) write(number % devices, number % 2 === 0 ? 'open' : 'closed');
    const at = number % folders;
    trees[at] = treeOf(repository, '100644', files[at] ?? new Map());
    const named = new Map(trees.map((tree, index) => [`f${String(index).padStart(2, '0')}`, tree]));
    const tops = new Map([
      ['devices', treeOf(repository, '40000', named)],
      ['trust', trust],
    ]);
    commits.push(commit(repository, treeOf(repository, '40000', tops), commits.at(-1), number));
  }
  return { repository, commits };
}

function deviceKeys(): string {
  const tls = Buffer.concat([spkiPrefix, randomBytes(64)]).toString('base64');
  const ssh = sshLine('ssh-ed25519', randomBytes(32));
  const lines = armored()
    .split('\n')
    .map(line => `    ${line}\n`);
  return `keys:\n  tls: ${tls}\n  ssh: ${ssh}\n  openpgp: |\n${lines.join('')}`;
}

/** As long as what gpg exports for an Ed25519 key with one subkey; only the key packets are read. */
function armored(): string {
  const packet = (tag: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.of(0xc0 | tag, body.length), body]);
  const key = (algorithm: number): Buffer =>
    Buffer.concat([Buffer.of(4, 0x65, 0, 0, 0, algorithm), randomBytes(32)]);
  const bytes = [
    packet(6, key(27)),
    packet(13, randomBytes(24)),
    packet(2, randomBytes(160)),
    packet(14, key(25)),
    packet(2, randomBytes(160)),
  ];
  const text =
    Buffer.concat(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PGP PUBLIC KEY BLOCK-----', '', ...text, '-----END PGP PUBLIC KEY BLOCK-----'].join(
    '\n',
  );
}

function treeOf(repository: MemoryRepository, mode: string, entries: ReadonlyMap<string, string>): string {
  const key = (name: string): string => (mode === '40000' ? `${name}/` : name);
  const sorted = [...entries].sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
  return repository.store(
    'tree',
    Buffer.concat(sorted.flatMap(([name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])),
  );
}

function commit(
  repository: MemoryRepository,
  tree: string,
  parent: string | undefined,
  number: number,
): string {
  const person = `Test <test@example.com> ${1_700_000_000 + number} +0000`;
  const parents = parent === undefined ? '' : `parent ${parent}\n`;
  const head = `tree ${tree}\n${parents}author ${person}\ncommitter ${person}\n`;
  const message = `\nChange ${number} ${createHash('sha256').update(tree).digest('hex')}\n\nTowline-Ref: acme/main\n`;
  const armor = root
    .sign(Buffer.from(head + message), 'git')
    .trimEnd()
    .replaceAll('\n', '\n ');
  return repository.store('commit', `${head}gpgsig ${armor}\n${message}`);
}

function policyText(walk: number): string {
  return [
    'apiVersion: towline/v1',
    'fleet: acme',
    'version: 1',
    `walk: ${walk}`,
    `principals: { alice: { ssh: ["${root.publicKey}"] } }`,
    'roles: { root: { principals: [alice] } }',
    'rules:',
    '  - { paths: ["devices/**"], only: ["/tunnel"], roles: [root] }',
    '',
  ].join('\n');
}
