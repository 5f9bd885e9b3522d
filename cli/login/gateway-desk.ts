/** What a gateway offers to log in with, and the certificate that it gives: over its device port, whose key is pinned. */
import { type ErrorCode, isErrorCode, TowlineError } from '../../core/errors.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { DialRequest } from '../../core/io/https/dialler.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { type Fields, readFields } from '../../core/json.ts';
import { printable } from '../../core/shown-text.ts';

export interface Offer {
  readonly issuer: string;
  readonly clientId: string;
  readonly deviceFlow: boolean;
}

export interface Certificate {
  /** One line of a public key file. */
  readonly line: string;
  readonly operator: string;
  /** As a date in UTC. */
  readonly until: string;
}

/** What a certificate is asked for with. */
export interface AskedCertificate {
  readonly token: string;
  /** One line of a public key file. */
  readonly key: string;
  /** Base64url. */
  readonly salt: string;
  readonly flow: 'browser' | 'device';
}

const path = '/v1/login';
const timeoutMs = 30_000;
const maxBytes = 64 * 1024;
const silent = { debug() {}, warn() {} };

export class GatewayDesk implements AsyncDisposable {
  readonly #dialler: ReturnType<typeof createDialler>;

  constructor(gateways: readonly GatewayAddress[]) {
    this.#dialler = createDialler({ gateways, log: silent });
  }

  /** @throws TowlineError LOGIN_NOT_OFFERED, AGENT_GATEWAY_UNREACHABLE, AGENT_GATEWAY_PIN */
  async offer(signal: AbortSignal): Promise<Offer> {
    const { issuer, clientId, deviceFlow } = await this.#ask({ method: 'GET' }, signal);
    if (typeof issuer !== 'string' || typeof clientId !== 'string')
      throw new TowlineError('LOGIN_NOT_OFFERED', 'this gateway names no provider');
    return { issuer, clientId, deviceFlow: deviceFlow === true };
  }

  /** @throws TowlineError as the gateway says */
  async certificate(asked: AskedCertificate, signal: AbortSignal): Promise<Certificate> {
    const body = Buffer.from(JSON.stringify(asked));
    const headers = { 'content-type': 'application/json' };
    const { certificate, operator, until } = await this.#ask({ method: 'POST', headers, body }, signal);
    const isWhole =
      typeof certificate === 'string' && typeof operator === 'string' && typeof until === 'string';
    if (!isWhole || !/^[!-~]+ [A-Za-z0-9+/=]+ [!-~]+$/.test(certificate))
      throw new TowlineError('LOGIN_NOT_OFFERED', 'the gateway answers with no certificate');
    return { line: certificate, operator, until };
  }

  async #ask(
    request: Pick<DialRequest, 'method' | 'headers' | 'body'>,
    signal: AbortSignal,
  ): Promise<Fields> {
    const { status, body } = await this.#dialler.request({ ...request, path, timeoutMs, maxBytes }, signal);
    const text = (await collect(body)).toString('utf8');
    const fields = text.startsWith('{') ? readFields(text) : {};
    if (status === 200) return fields;
    const { code, message } = fields;
    throw new TowlineError(refusalCode(code), printable(String(message ?? `the gateway answers ${status}`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dialler.close();
  }
}

function refusalCode(code: unknown): ErrorCode {
  return isErrorCode(code) && code !== 'GATEWAY_ROUTE_UNKNOWN' ? code : 'LOGIN_NOT_OFFERED';
}
