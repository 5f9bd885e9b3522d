/** The body of a telemetry push, as an agent sends it. */

import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { objectId } from '../../core/trust/git/object-hash.ts';
import { writePack } from '../../gateway/telemetry/pack-writer.ts';

export interface StatusPush {
  readonly id: string;
  readonly body: Buffer;
}

/** What an agent sends: commit, tree, status and a log segment. */
export function statusPush(device: string, oldId: string | undefined, count: number): StatusPush {
  const blob = (text: string) => object('blob', Buffer.from(text));
  const status = blob(`device: ${device}\ncount: ${count}\n${'state: healthy\n'.repeat(40)}`);
  const log = blob(`${device} ${count} ${Math.random()}\n`.repeat(50));
  const entries = [
    Buffer.from('100644 log\0'),
    Buffer.from(log.id, 'hex'),
    Buffer.from('100644 status.yaml\0'),
    Buffer.from(status.id, 'hex'),
  ];
  const tree = object('tree', Buffer.concat(entries));
  const person = 'd <d@example.com> 1700000000 +0000';
  const parent = oldId === undefined ? '' : `parent ${oldId}\n`;
  const commit = object(
    'commit',
    Buffer.from(`tree ${tree.id}\n${parent}author ${person}\ncommitter ${person}\n\nhealthy\n`),
  );
  const { pack } = writePack([commit, tree, status, log]);
  const command = encodePacket(
    `${oldId ?? '0'.repeat(40)} ${commit.id} ${telemetryRef(device)}\0report-status`,
  );
  return { id: commit.id, body: Buffer.concat([command, flushPacket, pack]) };
}

function object(type: 'blob' | 'tree' | 'commit', bytes: Buffer) {
  return { id: objectId({ type, bytes }), type, bytes, compressed: undefined };
}
