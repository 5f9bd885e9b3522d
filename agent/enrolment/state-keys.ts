/** States a device's keys at the gateway, and asks until a person has accepted them. */
import { formatSignedStatement, type SignedStatement } from '../../core/enrolment/statement.ts';
import { errorRegistry, isErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { type Fields, readFields } from '../../core/json.ts';

/** How often the gateway is asked whether the device was accepted, milliseconds. */
const askEveryMs = 5_000;
const requestTimeoutMs = 30_000;
const maxAnswerBytes = 16 * 1024;

export type EnrolmentState = 'waiting' | 'accepted';

/** @throws TowlineError ENROLMENT_…, AGENT_GATEWAY_…, AGENT_REFUSED */
export async function submitStatement(
  dialler: Dialler,
  signed: SignedStatement,
  signal: AbortSignal,
): Promise<EnrolmentState> {
  const response = await dialler.request(
    {
      method: 'POST',
      path: '/v1/enrolment',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from(formatSignedStatement(signed)),
      timeoutMs: requestTimeoutMs,
      maxBytes: maxAnswerBytes,
    },
    signal,
  );
  const { state, code, message } = parseAnswer((await collect(response.body)).toString('utf8'));
  if (response.status === 200 && (state === 'waiting' || state === 'accepted')) return state;
  const known = isErrorCode(code) ? code : 'AGENT_REFUSED';
  const reason = String(message ?? 'no reason given').slice(0, 300);
  throw new TowlineError(known, `the gateway answers ${response.status}: ${reason}`);
}

/** Waiting takes days where it must: a gateway that is away or busy meanwhile ends nothing. */
export async function waitUntilAccepted(
  { dialler, signed, clock }: { dialler: Dialler; signed: SignedStatement; clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(askEveryMs, signal);
    try {
      if ((await submitStatement(dialler, signed, signal)) === 'accepted') return;
    } catch (error) {
      if (signal.aborted || !isTowlineError(error) || !passes(error)) throw error;
    }
  }
}

function passes(error: TowlineError): boolean {
  return error.code.startsWith('AGENT_GATEWAY_UNREACHABLE') || errorRegistry[error.code].next === 'retry';
}

function parseAnswer(text: string): Fields {
  try {
    return readFields(text);
  } catch {
    return {};
  }
}
