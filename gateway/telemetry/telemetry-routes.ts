/** telemetry.git for devices: each sees and writes its own branch. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { Audit } from '../admission/audit.ts';
import type { Departures } from '../admission/departures.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { receivePackAdvert } from '../git/advert.ts';
import type { RateLimiter } from '../limits/device-limits.ts';
import type { Slots } from '../limits/slots.ts';
import { PushBody } from './push-body.ts';
import { type PushCommand, type PushHead, reportStatus } from './push-request.ts';
import type { StoredBudget } from './stored-budget.ts';
import type { TelemetryStore } from './telemetry-store.ts';

export interface TelemetryRoutesOptions {
  /** Told of each push that was taken in. */
  readonly departures: Pick<Departures, 'look'>;
  readonly store: TelemetryStore;
  readonly port: DevicePort;
  readonly pushes: RateLimiter;
  readonly stored: StoredBudget;
  readonly audit: Audit;
  /** Large packs that are unpacked at once. */
  readonly unpacking: Slots;
  readonly maxPushBytes: number;
  /** For bodies that do not stay in memory. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const config = { action: { kind: 'push-telemetry' } } as const;

export function telemetryRoutes(http: FastifyInstance, options: TelemetryRoutesOptions): void {
  http.addContentTypeParser('application/x-git-receive-pack-request', (_request, payload, done) =>
    done(null, payload),
  );
  http.get('/telemetry.git/info/refs', { config }, (request, reply) => sendAdvert(options, request, reply));
  http.post('/telemetry.git/git-receive-pack', { config }, (request, reply) =>
    receive(options, request, reply),
  );
}

function sendAdvert(options: TelemetryRoutesOptions, request: FastifyRequest, reply: FastifyReply): void {
  const { service } = fieldsOf(request.query);
  if (service !== 'git-receive-pack') {
    throw new TowlineError(
      'GATEWAY_REF_FORBIDDEN',
      'a device pushes to telemetry.git and reads nothing there',
    );
  }
  const ref = telemetryRef(request.device);
  const tip = options.store.tip(ref);
  reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/x-git-receive-pack-advertisement')
    .send(receivePackAdvert(new Map(tip === undefined ? [] : [[ref, tip]])));
}

async function receive(
  options: TelemetryRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const waitSec = options.pushes.take(request.device);
  if (waitSec > 0) {
    throw new TowlineError('GATEWAY_RATE_LIMITED', 'this device pushes too often', {
      details: { retryAfterSec: waitSec },
    });
  }
  checkBudget(options, request.device);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new TowlineError('GATEWAY_REQUEST_MALFORMED', `encoding ${encoding}`);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > options.maxPushBytes + 4096) {
    throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', `a push of ${declared} bytes`);
  }
  const { body: stream } = request;
  if (!(stream instanceof Readable)) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'no body');
  const { head, body } = await PushBody.receive(stream, found => admitHead(options, request, found), {
    folder: options.folder,
    name: randomUUID(),
    maxBytes: options.maxPushBytes,
  });
  await using _body = body;
  reply.header('cache-control', 'no-store').header('content-type', 'application/x-git-receive-pack-result');
  if (head.command === undefined) return reply.send(Buffer.alloc(0));
  return reply.send(await take(options, request, head.command, body));
}

/** Before the body is waited for. @throws TowlineError GATEWAY_RATE_LIMITED */
function checkBudget({ stored, audit }: TelemetryRoutesOptions, device: string): void {
  try {
    stored.check(device);
  } catch (error) {
    if (isTowlineError(error)) {
      const { code, message } = error;
      audit.write({ action: 'push-telemetry', outcome: 'refused', who: device, code, message });
    }
    throw error;
  }
}

/** Judged by the view of now and before the pack is waited for. */
function admitHead(options: TelemetryRoutesOptions, request: FastifyRequest, { command }: PushHead): void {
  if (command === undefined) return;
  const admission = options.port.admit(request.raw, { kind: 'push-telemetry', ref: command.ref });
  if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
  if (command.newId === undefined) {
    throw new TowlineError('GATEWAY_REF_FORBIDDEN', 'a telemetry branch is not deleted by its device');
  }
}

/** Refusals of the content are git's own: the answer is 200 and the report says `ng`. */
async function take(
  options: TelemetryRoutesOptions,
  request: FastifyRequest,
  command: PushCommand,
  body: PushBody,
): Promise<Buffer> {
  const { ref, oldId, newId } = command;
  try {
    if (newId === undefined) throw new TowlineError('GATEWAY_REF_FORBIDDEN', 'no deletion');
    // Small ones, which nearly all are, go on together and are made durable together.
    using _slot = body.isSmall ? undefined : await options.unpacking.take(options.signal);
    const bytes = await options.store.accept({ ref, oldId, newId, pack: await body.bytes() });
    options.stored.charge(request.device, bytes);
    options.departures.look(request.device);
  } catch (error) {
    if (!isTowlineError(error) || !isContentRefusal(error)) throw error;
    request.log.info({ device: request.device, code: error.code, reason: error.message }, 'push refused');
    return command.reportStatus ? reportStatus(ref, `${error.code} ${error.message}`) : Buffer.alloc(0);
  }
  return command.reportStatus ? reportStatus(ref) : Buffer.alloc(0);
}

function isContentRefusal(error: TowlineError): boolean {
  return error.code === 'GATEWAY_PACK_REFUSED' || error.code === 'GATEWAY_OLD_ID_STALE';
}
