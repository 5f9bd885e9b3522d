/** The commands at the head of a `POST git-receive-pack` (gitprotocol-pack, "Reference Update Request"). */
import { TowlineError } from '../../core/errors.ts';
import { encodePacket, flushPacket, packetText, readPacket } from '../../core/io/git/pkt-line.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { zeroId } from '../git/advert.ts';

export interface PushCommand {
  /** undefined: the ref is to be created. */
  readonly oldId: ObjectId | undefined;
  /** undefined: it is to be deleted. */
  readonly newId: ObjectId | undefined;
  readonly ref: string;
  readonly reportStatus: boolean;
}

export interface PushHead {
  /** undefined: the body is one flush, by which stock git probes whether it may push. */
  readonly command: PushCommand | undefined;
  /** Where the pack begins. */
  readonly length: number;
}

/** No command is longer: a ref's name is bounded by the device's id. */
export const maxPushHeadBytes = 4096;

/**
 * @param from where the first command is looked for
 * @returns undefined when more bytes are needed.
 * @throws TowlineError GATEWAY_REQUEST_MALFORMED for more than one command, push certificates, shallow lines.
 */
export function readPushHead(bytes: Buffer, from = 0): PushHead | undefined {
  const first = readPacket(bytes, from, malformed);
  if (first === undefined) return undefinedWithin(bytes);
  if (first.packet.kind === 'flush') return { command: undefined, length: first.next };
  if (first.packet.kind !== 'data') throw malformed('the body does not begin with a command');
  const command = readCommand(first.packet.payload);
  const second = readPacket(bytes, first.next, malformed);
  if (second === undefined) return undefinedWithin(bytes);
  if (second.packet.kind !== 'flush') throw malformed('more than one ref in a push');
  return { command, length: second.next };
}

/**
 * The same of stock git, which says first where its own clone begins: telemetry.git begins somewhere, too. Nobody believes it:
 * what a push lacks is looked for here.
 */
export function readShallowPushHead(bytes: Buffer): PushHead | undefined {
  for (let at = 0; ; ) {
    const found = readPacket(bytes, at, malformed);
    if (found === undefined) return undefinedWithin(bytes);
    const { packet, next } = found;
    if (packet.kind !== 'data' || !/^shallow [0-9a-f]{40}$/.test(packetText(packet.payload)))
      return readPushHead(bytes, at);
    at = next;
  }
}

/** The answer of `report-status`. @param refusal code and message, on one line. */
export function reportStatus(ref: string, refusal?: string): Buffer {
  const lines =
    refusal === undefined ? ['unpack ok\n', `ok ${ref}\n`] : ['unpack ok\n', `ng ${ref} ${refusal}\n`];
  return Buffer.concat([...lines.map(encodePacket), flushPacket]);
}

function readCommand(payload: Buffer): PushCommand {
  const [words = '', capabilities = ''] = packetText(payload).split('\0');
  const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/[^ ]+)$/.exec(words);
  const [, oldId, newId, ref] = match ?? [];
  if (oldId === undefined || newId === undefined || ref === undefined) throw malformed('not a push command');
  return {
    oldId: oldId === zeroId ? undefined : oldId,
    newId: newId === zeroId ? undefined : newId,
    ref,
    reportStatus: capabilities.split(' ').some(word => word === 'report-status'),
  };
}

function undefinedWithin(bytes: Buffer): undefined {
  if (bytes.length > maxPushHeadBytes) throw malformed('the command is too long');
  return undefined;
}

function malformed(message: string): TowlineError {
  return new TowlineError('GATEWAY_REQUEST_MALFORMED', message);
}
