/**
 * `GET /v1/login` tells who the provider is, `POST /v1/login` gives a certificate for its token. On the device port, whose key people
 * have pinned by the repository as devices have; without a client certificate.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressGroup } from '../../core/address-group.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { fieldsOf } from '../../core/json.ts';
import { readPrivateKeyFile } from '../access/private-key-file.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import { counter, type Metric } from '../plain-port/metric.ts';
import { CertificateDesk, type CertificateRequest } from './certificate-desk.ts';
import { IdTokens } from './id-token.ts';
import type { OidcSettings } from './oidc-settings.ts';

export interface CertificatesOptions {
  readonly oidc: OidcSettings;
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** A provider's token is some kilobytes. */
const maxBodyBytes = 32 * 1024;
/** Of all addresses together, in a minute. */
const allPerMinute = 600;

export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #desk: CertificateDesk;
  readonly #ofAddress: RateLimiter;
  readonly #ofAll: RateLimiter;

  /** @throws TowlineError GATEWAY_CONFIG_INVALID where there is no usable key */
  static async open(options: CertificatesOptions): Promise<Certificates> {
    await readPrivateKeyFile(options.oidc.keyFile, 'oidc.keyFile');
    return new Certificates(options);
  }

  private constructor(options: CertificatesOptions) {
    const { oidc, clock } = options;
    this.#options = options;
    this.#desk = new CertificateDesk({
      ...options,
      settings: oidc,
      tokens: new IdTokens({ ...oidc, clock }),
    });
    this.#ofAddress = new RateLimiter(oidc.loginsPerMinute, clock);
    this.#ofAll = new RateLimiter(allPerMinute, clock);
  }

  mount({ http }: { readonly http: FastifyInstance }): void {
    const { issuer, clientId, deviceFlow } = this.#options.oidc;
    http.get('/v1/login', async () => ({ issuer, clientId, deviceFlow }));
    http.post('/v1/login', { bodyLimit: maxBodyBytes }, request => this.#make(request));
  }

  metrics(): Metric[] {
    const help = 'Certificates that were made for people.';
    return [counter('towline_gateway_certificates_total', help, this.#desk.made)];
  }

  async close(): Promise<void> {}

  async #make(request: FastifyRequest) {
    const from = request.ip;
    const waitSec = Math.max(this.#ofAddress.take(addressGroup(from)), this.#ofAll.take(''));
    if (waitSec > 0) {
      throw new TowlineError('GATEWAY_RATE_LIMITED', 'too many logins from this address', {
        details: { retryAfterSec: waitSec },
      });
    }
    try {
      const { untilMs, ...made } = await this.#desk.make(asked(request.body), from);
      return { ...made, until: new Date(untilMs).toISOString() };
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      const { code, message } = error;
      this.#options.audit.write({ action: 'certificate', outcome: 'refused', from, code, message });
      throw error;
    }
  }
}

function asked(body: unknown): CertificateRequest {
  const { token, key, salt, flow } = fieldsOf(body);
  if (typeof token !== 'string' || typeof key !== 'string' || typeof salt !== 'string')
    throw new TowlineError('LOGIN_MALFORMED', 'token, key and salt are wanted');
  return { token, key, salt, flow: flow === 'device' ? 'device' : 'browser' };
}
