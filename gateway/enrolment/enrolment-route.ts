/** `POST /v1/enrolment`: a device states its keys, and asks with the same words whether they were accepted. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { maxStatementLength } from '../../core/enrolment/statement.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Audit, AuditEvent } from '../admission/audit.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { RateLimiter } from '../limits/device-limits.ts';
import type { EnrolmentDesk } from './enrolment-desk.ts';

export interface EnrolmentRouteOptions {
  readonly desk: EnrolmentDesk;
  readonly port: DevicePort;
  readonly audit: Audit;
  /** By address. */
  readonly attempts: RateLimiter;
}

export function enrolmentRoute(http: FastifyInstance, options: EnrolmentRouteOptions): void {
  const route = { config: { action: { kind: 'enrol' } }, bodyLimit: maxStatementLength } as const;
  http.post('/v1/enrolment', route, async request => ({ state: await submit(options, request) }));
}

async function submit(
  { desk, port, audit, attempts }: EnrolmentRouteOptions,
  request: FastifyRequest,
): Promise<'waiting' | 'accepted'> {
  const waitSec = attempts.take(request.ip);
  if (waitSec > 0) {
    throw new TowlineError('GATEWAY_RATE_LIMITED', 'too many statements from this address', {
      details: { retryAfterSec: waitSec },
    });
  }
  const said = (event: Pick<AuditEvent, 'outcome' | 'who' | 'code' | 'message'>) =>
    audit.write({ action: 'enrol', from: request.ip, ...event });
  try {
    if (typeof request.body !== 'string') {
      throw new TowlineError('ENROLMENT_STATEMENT_MALFORMED', 'a statement is sent as text/plain');
    }
    const { state, device, isNew } = await desk.submit(request.body, port.keyOf(request.raw));
    if (isNew) said({ outcome: 'allowed', who: device });
    return state;
  } catch (error) {
    if (isTowlineError(error)) {
      said({ outcome: 'refused', who: request.device, code: error.code, message: error.message });
    }
    throw error;
  }
}
