import { createHash } from 'node:crypto';
import { type ChangedPath, noMode, noObject } from '../git/change.ts';
import { isObjectId, type ObjectId } from '../git/object-source.ts';

/** What an approval says. The exact bytes are in docs/trust.md. */
export interface ApprovalStatement {
  readonly fleet: string;
  /** An ancestor of the trusted commit under which it is used. */
  readonly base: ObjectId;
  readonly policyVersion: number;
  /** 32 hexadecimal digits, so that no two statements are one. */
  readonly nonce: string;
  /** Seconds since the epoch. */
  readonly timeSec: number;
  readonly expiresSec: number;
  readonly changes: readonly ApprovedChange[];
}

export interface ApprovedChange extends ChangedPath {
  /** SHA-256 of the new content, hexadecimal; zeros when the path is removed. */
  readonly sha256: string;
}

export const noContent = '0'.repeat(64);
/** Two weeks, seconds. */
export const approvalLifetimeSec = 14 * 24 * 3600;
/** No approval lives longer, seconds. */
export const maxApprovalLifetimeSec = 366 * 24 * 3600;

const magic = 'towline approval v1';
const number = '(0|[1-9][0-9]{0,11})';
const headPattern = new RegExp(
  `^${magic}\nfleet ([a-z0-9-]{1,63})\nbranch main\nbase ([0-9a-f]{40})\npolicy ${number}\n` +
    `nonce ([0-9a-f]{32})\ntime ${number}\nexpires ${number}\nchanges ${number}\n\n`,
);
const recordPattern = /^(\d{6}) ([0-9a-f]{40}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{64}) (.+)$/;
const filePattern = /^approvals\/([0-9a-f]{64})\.([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.asc$/;
const modes: ReadonlySet<string> = new Set([noMode, '100644', '100755']);

/** The signed bytes: lines of the head, a blank line, one record for each path, each ended by NUL. */
export function formatStatement(statement: ApprovalStatement): Buffer {
  const records = statement.changes.map(
    ({ oldMode, oldId, newMode, newId, sha256, path }) =>
      `${oldMode} ${oldId} ${newMode} ${newId} ${sha256} ${path}\0`,
  );
  const head = [
    magic,
    `fleet ${statement.fleet}`,
    'branch main',
    `base ${statement.base}`,
    `policy ${statement.policyVersion}`,
    `nonce ${statement.nonce}`,
    `time ${statement.timeSec}`,
    `expires ${statement.expiresSec}`,
    `changes ${statement.changes.length}`,
    '',
    '',
  ].join('\n');
  return Buffer.from(head + records.join(''), 'utf8');
}

/** @returns undefined when the bytes are not exactly what `formatStatement` writes. */
export function parseStatement(bytes: Buffer): ApprovalStatement | undefined {
  const text = bytes.toString('utf8');
  const head = headPattern.exec(text);
  if (head === null) return undefined;
  const [matched, fleet = '', base = '', policy = '', nonce = '', time = '', expires = '', count = ''] = head;
  const records = text.slice(matched.length).split('\0');
  if (records.pop() !== '' || records.length !== Number(count) || records.length === 0) return undefined;
  const changes = records.map(readRecord).filter(change => change !== undefined);
  const statement: ApprovalStatement = {
    fleet,
    base,
    policyVersion: Number(policy),
    nonce,
    timeSec: Number(time),
    expiresSec: Number(expires),
    changes,
  };
  return formatStatement(statement).equals(bytes) && isOrdered(changes) ? statement : undefined;
}

function readRecord(text: string): ApprovedChange | undefined {
  const [, oldMode = '', oldId = '', newMode = '', newId = '', sha256 = '', path = ''] =
    recordPattern.exec(text) ?? [];
  if (!isMode(oldMode) || !isMode(newMode) || !isObjectId(oldId) || !isObjectId(newId)) return undefined;
  if ((oldMode === noMode) !== (oldId === noObject) || (newMode === noMode) !== (newId === noObject))
    return undefined;
  return { oldMode, oldId, newMode, newId, sha256, path };
}

function isMode(text: string): text is ChangedPath['oldMode'] {
  return modes.has(text);
}

function isOrdered(changes: readonly ApprovedChange[]): boolean {
  return changes.every((change, index) => {
    const previous = changes[index - 1];
    return previous === undefined || Buffer.compare(Buffer.from(previous.path), Buffer.from(change.path)) < 0;
  });
}

/** The file of an approval: the statement, readable (newlines for the NULs, which no path can hold), and the signature. */
export function formatApprovalFile(statement: Buffer, armored: string): string {
  return (
    statement.toString('utf8').replaceAll('\0', '\n') + (armored.endsWith('\n') ? armored : `${armored}\n`)
  );
}

/** @returns undefined when the bytes are not exactly what `formatApprovalFile` writes. */
export function parseApprovalFile(bytes: Uint8Array): { statement: Buffer; armored: string } | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const start = text.indexOf('\n-----BEGIN ') + 1;
  const head = headPattern.exec(text)?.[0];
  if (start === 0 || head === undefined || head.length > start || text.includes('\0')) return undefined;
  const statement = Buffer.from(head + text.slice(head.length, start).replaceAll('\n', '\0'), 'utf8');
  return { statement, armored: text.slice(start) };
}

/** `approvals/<sha256 of the statement>.<principal>.asc` */
export function approvalPath(statement: Buffer, principal: string): string {
  return `approvals/${createHash('sha256').update(statement).digest('hex')}.${principal}.asc`;
}

export function parseApprovalPath(path: string): { sha256: string; principal: string } | undefined {
  const [, sha256, principal] = filePattern.exec(path) ?? [];
  return sha256 === undefined || principal === undefined ? undefined : { sha256, principal };
}
