/** The telemetry branch: one POST with the remembered old id; the advertisement is read only when that was wrong. */
import { TowlineError } from '../../core/errors.ts';
import { parseAdvertisement } from '../../core/io/git/advertisement.ts';
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import { pushRefusal } from '../../core/io/git/report-status.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { Dialler, DialResponse } from '../../core/io/https/dialler.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Exported } from './exported.ts';
import type { StatusCommit } from './status-commit.ts';

const none = '0'.repeat(40);
const timeoutMs = 120_000;
const idleTimeoutMs = 60_000;
const maxAnswerBytes = 1024 * 1024;
const longestWaitMs = 3_600_000;

export interface PushOptions {
  readonly dialler: Dialler;
  readonly device: string;
  /**
   * Makes the commit for this parent; asked again with another one when the branch had moved.
   * @param goesOn from what was exported, which has what it has
   */
  readonly make: (parent: ObjectId | undefined, goesOn: boolean) => StatusCommit;
  /** The branch's last known commit. */
  readonly tip: ObjectId | undefined;
  /** What was carried away since, and may have come to the gateway by another way. */
  readonly exported?: Pick<Exported, 'base' | 'tip' | 'has' | 'objects'>;
  readonly signal: AbortSignal;
}

export interface PushedCommit {
  readonly tip: ObjectId;
  readonly bytes: number;
  /** The gateway has what was exported: it was sent, or had come before. */
  readonly hasExported: boolean;
}

/**
 * What was exported goes along, or is known to have come: where the branch is at one of the device's own commits. At any other
 * commit the branch goes on from there, and what was exported counts as not delivered.
 * @throws TowlineError GIT_PUSH_REFUSED, AGENT_REFUSED, AGENT_GATEWAY_…, AGENT_ANSWER…
 */
export async function pushTelemetry(options: PushOptions): Promise<PushedCommit> {
  const first = await attempt(options, options.tip);
  if (first.refused === undefined) return first;
  const present = await readTip(options);
  // A gateway may have no room for all that was exported: then the status goes without it.
  const isFirstAgain = present === options.tip && !first.hasExported;
  if (isFirstAgain) throw refusedPush(first.refused);
  const second = await attempt(options, present, present === options.tip);
  if (second.refused === undefined) return { ...second, bytes: first.bytes + second.bytes };
  throw refusedPush(second.refused);
}

/** With `ofContent` where it is about what was sent: it would be refused again. */
function refusedPush(reason: string): TowlineError {
  const details = { ofContent: reason.startsWith('GATEWAY_PACK_REFUSED') };
  return new TowlineError('GIT_PUSH_REFUSED', reason, { details });
}

/** @param alone what was exported does not go along */
async function attempt(
  options: PushOptions,
  old: ObjectId | undefined,
  alone = false,
): Promise<PushedCommit & { refused: string | undefined }> {
  const { dialler, device, make, signal } = options;
  const between = alone ? undefined : await exportedAfter(options, old);
  const hasExported = between !== undefined;
  const commit = make(hasExported ? options.exported?.tip : old, hasExported);
  const command = `${old ?? none} ${commit.id} ${telemetryRef(device)}\0report-status object-format=sha1 agent=towline`;
  const pack = buildPack([...(between ?? []), ...commit.objects]);
  const body = Buffer.concat([encodePacket(command), flushPacket, pack]);
  const response = await dialler.request(
    {
      method: 'POST',
      path: '/telemetry.git/git-receive-pack',
      headers: {
        'content-type': 'application/x-git-receive-pack-request',
        accept: 'application/x-git-receive-pack-result',
      },
      body,
      timeoutMs,
      idleTimeoutMs,
      maxBytes: maxAnswerBytes,
    },
    signal,
  );
  const answer = await collect(response.body);
  const sent = { tip: commit.id, bytes: body.length, hasExported };
  if (response.status === 409 || (hasExported && response.status === 413))
    return { ...sent, refused: word(answer) };
  expectOk(response, answer);
  return { ...sent, refused: pushRefusal(answer) };
}

/** @returns what lies between the branch and a new commit; undefined: nothing was exported on top of it */
async function exportedAfter(
  { exported }: PushOptions,
  old: ObjectId | undefined,
): Promise<MadeObject[] | undefined> {
  if (exported?.tip === undefined) return undefined;
  if (exported.has(old)) return await exported.objects(old);
  return old === exported.base ? await exported.objects() : undefined;
}

async function readTip({ dialler, device, signal }: PushOptions): Promise<ObjectId | undefined> {
  const path = '/telemetry.git/info/refs?service=git-receive-pack';
  const request = { method: 'GET', path, timeoutMs, idleTimeoutMs, maxBytes: 4 * 1024 * 1024 } as const;
  const response = await dialler.request(request, signal);
  const answer = await collect(response.body);
  expectOk(response, answer);
  return parseAdvertisement(answer, 'git-receive-pack').refs.get(telemetryRef(device));
}

function expectOk(response: DialResponse, answer: Buffer): void {
  if (response.status === 200) return;
  const code = response.status === 401 || response.status === 403 ? 'AGENT_REFUSED' : 'GIT_PUSH_REFUSED';
  throw new TowlineError(code, `the gateway answers ${response.status}: ${word(answer)}`, {
    details: { status: response.status, ofContent: response.status === 413, ...retryAfter(response) },
  });
}

/** Seconds (RFC 9110, 10.2.3), within what a device waits at the most. */
function retryAfter({ headers }: DialResponse): { retryAfterMs?: number } {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? { retryAfterMs: Math.min(longestWaitMs, Number(text) * 1000) } : {};
}

function word(answer: Buffer): string {
  return answer.toString('utf8', 0, 300).trim();
}
