/** telemetry.git for devices: each sees and writes its own branch. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { receivePackAdvert } from '../git/advert.ts';
import type { PushIntake } from './push-intake.ts';
import type { TelemetryStore } from './telemetry-store.ts';

export interface TelemetryRoutesOptions {
  readonly store: Pick<TelemetryStore, 'tip'>;
  readonly intake: PushIntake;
  readonly port: DevicePort;
  readonly maxPushBytes: number;
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
  { intake, port, maxPushBytes }: TelemetryRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { device } = request;
  intake.begin(device);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new TowlineError('GATEWAY_REQUEST_MALFORMED', `encoding ${encoding}`);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxPushBytes + 4096) {
    throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', `a push of ${declared} bytes`);
  }
  const { body: stream } = request;
  if (!(stream instanceof Readable)) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'no body');
  // Judged by the view of now and before the pack is waited for.
  const { head, body } = await intake.receive(stream, ({ ref }) => {
    const admission = port.admit(request.raw, { kind: 'push-telemetry', ref });
    if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
  });
  await using _body = body;
  reply.header('cache-control', 'no-store').header('content-type', 'application/x-git-receive-pack-result');
  if (head.command === undefined) return reply.send(Buffer.alloc(0));
  const { report, refusal } = await intake.take({ device, command: head.command, body });
  if (refusal !== undefined)
    request.log.info({ device, code: refusal.code, reason: refusal.message }, 'push refused');
  return reply.send(report);
}
