/**
 * Twins: commits with another id that say and prove the same. Whoever owns a gateway makes them without a key, from
 * commits that people really signed: the bytes of an armor are not signed, and neither is what else a packet may carry.
 */
import type { FleetRepository } from '../../lab/rig/fleet-repository.ts';

/** Name of the form → the armored signature in it. */
type Forms = ReadonlyMap<string, (armored: string) => string>;

const eachLine = (change: (line: string) => string) => (armored: string) =>
  armored.trimEnd().split('\n').map(change).join('\n');

/** The base64 of the block, in lines of this length. */
const wrapped =
  (length: number) =>
  (armored: string): string => {
    const { head, bytes, checksum, tail } = opened(armored);
    return closed(head, bytes, length, checksum, tail);
  };

const sshForms: Forms = new Map([
  ['lines that end in CR', eachLine(line => `${line}\r`)],
  ['lines that end in blanks', eachLine(line => `${line} \t `)],
  ['lines of another length', wrapped(48)],
  ['an empty line at the end', armored => `${armored.trimEnd()}\n\n`],
]);

const openpgpForms: Forms = new Map([
  ...sshForms,
  ['a comment', armored => armored.replace('-----\n', '-----\nComment: twin\n')],
  ['no checksum', armored => armored.replace(/\n=[A-Za-z0-9+/]{4}\n/, '\n')],
  ['an unhashed subpacket more', onPacket(withUnhashed)],
  ['no unhashed subpackets', onPacket(withoutUnhashed)],
  ['a length in five octets', onPacket(body => Buffer.concat([longHead(body.length), body]))],
]);

/** All twins of a signed commit, stored in the repository: name of the form → id. */
export async function twinsOf(repository: FleetRepository, commit: string): Promise<Map<string, string>> {
  const raw = await rawCommit(repository, commit);
  const isOpenpgp = raw.includes('gpgsig -----BEGIN PGP');
  const twins = new Map<string, string>();
  for (const [name, form] of isOpenpgp ? openpgpForms : sshForms) {
    const id = await repository.store('commit', withSignature(raw, form));
    if (id === commit) throw new Error(`${name}: no twin`);
    twins.set(name, id);
  }
  return twins;
}

/** One twin; of a commit that nobody signed, one with another date and another author. */
export async function twinOf(
  repository: FleetRepository,
  commit: string,
  parents?: readonly string[],
): Promise<string> {
  const raw = await rawCommit(repository, commit);
  if (raw.includes('\ngpgsig '))
    return repository.store(
      'commit',
      withSignature(
        raw,
        eachLine(line => `${line} `),
      ),
    );
  const found = (await repository.git(['rev-list', '--parents', '-n1', commit])).split(' ').slice(1);
  return repository.commit({
    parents: parents ?? found,
    tree: commit,
    timeSec: 1_500_000_000,
    message: 'Twin',
    branch: null,
  });
}

async function rawCommit(repository: FleetRepository, commit: string): Promise<string> {
  const object = await repository.read(commit);
  if (object?.type !== 'commit') throw new Error(`${commit} is no commit`);
  return Buffer.from(object.bytes).toString();
}

function withSignature(raw: string, form: (armored: string) => string): string {
  return raw.replace(/^gpgsig (.*\n(?: .*\n)*)/m, (_, value: string) => {
    const armored = value.replaceAll('\n ', '\n').trimEnd();
    return `gpgsig ${form(armored).replaceAll('\n', '\n ')}\n`;
  });
}

interface Opened {
  readonly head: string;
  readonly bytes: Buffer;
  readonly checksum: string | undefined;
  readonly tail: string;
}

function opened(armored: string): Opened {
  const lines = armored.trimEnd().split('\n');
  const tail = lines.pop() ?? '';
  const begin = lines.shift() ?? '';
  const gap = lines.indexOf('');
  const head = [begin, ...lines.splice(0, gap + 1)].join('\n');
  const checksum = lines.at(-1)?.startsWith('=') === true ? lines.pop() : undefined;
  return { head, bytes: Buffer.from(lines.join(''), 'base64'), checksum, tail };
}

function closed(
  head: string,
  bytes: Buffer,
  length: number,
  checksum: string | undefined,
  tail: string,
): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  return [head, ...lines, ...(checksum === undefined ? [] : [checksum]), tail].join('\n');
}

/** Changes the packet inside the armor; the checksum is left out, as it may be. */
function onPacket(change: (body: Buffer) => Buffer): (armored: string) => string {
  return armored => {
    const { head, bytes, tail } = opened(armored);
    return closed(head, change(packetBody(bytes)), 64, undefined, tail);
  };
}

/** The body of a packet that gpg made: an old head with one or two octets of length. */
function packetBody(bytes: Buffer): Buffer {
  return bytes.subarray(((bytes[0] ?? 0) & 3) === 0 ? 2 : 3);
}

/** A head of RFC 9580 for a signature packet, its length in five octets. */
function longHead(length: number): Buffer {
  const head = Buffer.alloc(6, 0xff);
  head.writeUInt8(0xc2, 0);
  head.writeUInt32BE(length, 2);
  return head;
}

function withUnhashed(body: Buffer): Buffer {
  return unhashed(body, old => Buffer.concat([old, Buffer.from([5, 60, 1, 2, 3, 4])]));
}

/** gpg puts the issuer's fingerprint among the hashed ones, so nothing is missed. */
function withoutUnhashed(body: Buffer): Buffer {
  return unhashed(body, () => Buffer.alloc(0));
}

function unhashed(body: Buffer, change: (old: Buffer) => Buffer): Buffer {
  const start = 6 + body.readUInt16BE(4);
  const end = start + 2 + body.readUInt16BE(start);
  const changed = change(body.subarray(start + 2, end));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(changed.length);
  const whole = Buffer.concat([body.subarray(0, start), length, changed, body.subarray(end)]);
  return Buffer.concat([longHead(whole.length), whole]);
}
