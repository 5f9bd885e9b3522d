/** Bodies of pushes, made byte by byte: what a device's agent sends, and what an attacker would. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import type { RawObject } from '../../../core/trust/git/object-source.ts';
import type { TestDevice } from './gateway.ts';
import type { Answer, TestClient } from './request.ts';

const codes = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

export const zero = '0'.repeat(40);

export function raw(type: RawObject['type'], content: string | Uint8Array): RawObject {
  return { type, bytes: typeof content === 'string' ? Buffer.from(content) : content };
}

/** @param entries name → id and mode. Written in the order given. */
export function tree(...entries: readonly (readonly [mode: string, name: string, id: string])[]): RawObject {
  return raw(
    'tree',
    Buffer.concat(
      entries.map(([mode, name, id]) =>
        Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
      ),
    ),
  );
}

export const author = 'pump <pump@example.com> 1700000000 +0000';

export function commit(treeId: string, parents: readonly string[] = [], message = 'status\n'): RawObject {
  const lines = [
    `tree ${treeId}`,
    ...parents.map(id => `parent ${id}`),
    `author ${author}`,
    `committer ${author}`,
  ];
  return raw('commit', `${lines.join('\n')}\n\n${message}`);
}

export function entry(type: number, size: number, body: Uint8Array): Buffer {
  const head: number[] = [];
  let byte = (type << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  head.push(byte);
  return Buffer.concat([Buffer.from(head), body]);
}

export function packOf(entries: readonly Uint8Array[], count = entries.length): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  const body = Buffer.concat([header, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

export function pack(...objects: readonly RawObject[]): Buffer {
  return packOf(objects.map(({ type, bytes }) => entry(codes[type], bytes.length, deflateSync(bytes))));
}

export function pushBody(oldId: string, newId: string, ref: string, packed: Uint8Array): Buffer {
  return Buffer.concat([encodePacket(`${oldId} ${newId} ${ref}\0report-status`), flushPacket, packed]);
}

export const pushHeaders = { 'content-type': 'application/x-git-receive-pack-request' };
export const pushPath = '/telemetry.git/git-receive-pack';

export async function sendPush(client: TestClient, body: Uint8Array): Promise<Answer> {
  return await client.ask(pushPath, { method: 'POST', headers: pushHeaders, body });
}

export interface Status {
  readonly id: string;
  readonly objects: readonly RawObject[];
}

/** A whole status commit with one file. */
export function status(text: string, parents: readonly string[] = []): Status {
  const blob = raw('blob', text);
  const files = tree(['100644', 'status.yaml', objectId(blob)]);
  const made = commit(objectId(files), parents);
  return { id: objectId(made), objects: [made, files, blob] };
}

export function refOf(device: TestDevice | string): string {
  return `refs/heads/telemetry/${typeof device === 'string' ? device : device.id}`;
}

/** Pushes a status and expects it to be taken. @returns its id. */
export async function pushStatus(
  client: TestClient,
  device: TestDevice,
  text: string,
  oldId?: string,
): Promise<string> {
  const made = status(text, oldId === undefined ? [] : [oldId]);
  const answer = await sendPush(
    client,
    pushBody(oldId ?? zero, made.id, refOf(device), pack(...made.objects)),
  );
  const report = answer.body.toString('utf8');
  if (answer.status !== 200 || !report.includes(`ok ${refOf(device)}`)) {
    throw new Error(`${answer.status} ${report}`);
  }
  return made.id;
}
