/**
 * What is recorded goes to the gateway: the ledger first, then what is sealed of each recording, from where the gateway has it.
 * The gateway says how much it has; a file is removed when that is all of it, and it has ended.
 */
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { collect } from '../../../core/io/https/collect.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { LedgerHead } from '../../../core/recording/ledger-entry.ts';

const timeouts = { timeoutMs: 120_000, idleTimeoutMs: 60_000, maxBytes: 64 * 1024 };
const path = '/v1/recordings';

/** The gateway's answer to what was sent. */
export type Sent<Has> = { readonly kind: 'has'; readonly has: Has } | { readonly kind: 'conflict' };

export class Outbox {
  readonly #dialler: Pick<Dialler, 'request'>;

  constructor(dialler: Pick<Dialler, 'request'>) {
    this.#dialler = dialler;
  }

  /** How far the gateway's copy of the ledger goes. @throws TowlineError */
  async ledger(signal: AbortSignal): Promise<LedgerHead> {
    const answer = await this.#ask('GET', `${path}/ledger`, undefined, signal);
    return headOf(answer.fields);
  }

  /** @throws TowlineError */
  async sendLedger(lines: readonly string[], signal: AbortSignal): Promise<Sent<LedgerHead>> {
    const body = Buffer.from(lines.map(line => `${line}\n`).join(''));
    const { fields, status } = await this.#ask('POST', `${path}/ledger`, body, signal);
    return status === 409 ? { kind: 'conflict' } : { kind: 'has', has: headOf(fields) };
  }

  /** @param from bytes that the gateway has @returns bytes that it has now @throws TowlineError */
  async sendRecording(
    recording: string,
    { from, bytes }: { readonly from: number; readonly bytes: Uint8Array },
    signal: AbortSignal,
  ): Promise<Sent<number>> {
    const place = `${path}/${recording}?at=${from}`;
    const { fields, status } = await this.#ask('POST', place, bytes, signal);
    if (status === 409) return { kind: 'conflict' };
    const { bytes: has } = fields;
    if (!isCount(has)) throw unexpected('it does not say how much it has');
    return { kind: 'has', has };
  }

  async #ask(method: 'GET' | 'POST', place: string, body: Uint8Array | undefined, signal: AbortSignal) {
    const headers = { 'content-type': 'application/octet-stream' };
    const sent = body === undefined ? {} : { body, headers };
    const response = await this.#dialler.request({ method, path: place, ...timeouts, ...sent }, signal);
    const text = (await collect(response.body)).toString('utf8');
    const { status } = response;
    if (status !== 200 && status !== 409) throw unexpected(`${status} ${text.slice(0, 200)}`);
    try {
      return { status, fields: fieldsOf(readFields(text)) };
    } catch (error) {
      throw unexpected(messageOf(error));
    }
  }
}

function headOf({ count, head }: ReturnType<typeof fieldsOf>): LedgerHead {
  if (isCount(count) && typeof head === 'string' && /^([0-9a-f]{64})?$/.test(head)) return { count, head };
  throw unexpected('it does not say how far the ledger goes');
}

/** What follows is counted from there: beyond this a ledger could go on no more. */
const largestCount = 2 ** 40;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largestCount;
}

function unexpected(what: string): TowlineError {
  return new TowlineError('AGENT_ANSWER', `recordings: the gateway answers: ${what}`);
}
