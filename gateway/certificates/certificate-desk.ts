/** Makes a certificate for whom the provider's token and the operator's file say the same of. It opens what it opens: see docs. */
import { randomBytes } from 'node:crypto';
import type { ProviderIdentity } from '../../core/access/certificate/identity-extension.ts';
import { loginNonce, minSaltBytes } from '../../core/access/certificate/login-nonce.ts';
import { certificateType, makeCertificate } from '../../core/access/certificate/make-certificate.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { readSshPublicKey } from '../../core/trust/signature/ssh-public-key.ts';
import { readPrivateKeyFile } from '../access/private-key-file.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { IdTokens, LoginFlow } from './id-token.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { UsedTokens } from './used-tokens.ts';

export interface CertificateDeskOptions {
  readonly settings: Pick<OidcSettings, 'keyFile' | 'lifetimeMs' | 'deviceFlow'>;
  readonly tokens: Pick<IdTokens, 'check'>;
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** What a person asks with. */
export interface CertificateRequest {
  /** Of the provider. */
  readonly token: string;
  /** One line of a public key file. */
  readonly key: string;
  /** What was hashed together with the key for the token's nonce: base64url. */
  readonly salt: string;
  /** How it was asked for. */
  readonly flow: LoginFlow;
}

export interface MadeCertificate {
  /** One line, as it stands in `*-cert.pub`. */
  readonly certificate: string;
  readonly operator: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** A device's clock may be so far behind, milliseconds. */
const backdatedMs = 60_000;
/** A token is too old by then, milliseconds. */
const tokenMs = 12 * 60_000;
const maxTokens = 10_000;

export class CertificateDesk {
  readonly #options: CertificateDeskOptions;
  readonly #used = new UsedTokens(tokenMs, maxTokens);
  made = 0;

  constructor(options: CertificateDeskOptions) {
    this.#options = options;
  }

  /** @throws TowlineError LOGIN_MALFORMED, LOGIN_TOKEN_REFUSED, LOGIN_PROVIDER, LOGIN_UNKNOWN, GATEWAY_CONFIG_INVALID */
  async make({ token, key: line, salt, flow }: CertificateRequest, from: string): Promise<MadeCertificate> {
    const { settings, tokens, audit, clock } = this.#options;
    const key = wireOf(line);
    const salted = Buffer.from(salt, 'base64url');
    if (flow === 'device' && !settings.deviceFlow)
      throw new TowlineError('LOGIN_NOT_OFFERED', 'a login by a code is not offered here');
    if (salted.length < minSaltBytes) throw malformed('the salt is too short');
    const identity = await tokens.check(token, loginNonce(key, salted), flow);
    const operator = this.#operatorOf(identity);
    const { key: signer } = await readPrivateKeyFile(settings.keyFile, 'oidc.keyFile');
    if (!this.#options.view.current.certificateKeys.includes(signer.publicBlob.toString('base64'))) {
      const message = 'the key of `oidc.keyFile` stands in no `certificateKeys` of fleet.yaml';
      throw new TowlineError('LOGIN_UNPINNED', message);
    }
    const nowMs = clock.now();
    if (!this.#used.use(token, nowMs)) {
      throw new TowlineError('LOGIN_TOKEN_REFUSED', 'the provider’s token has made a certificate already');
    }
    const serial = randomBytes(8).readBigUInt64BE();
    const fromMs = nowMs - backdatedMs;
    const untilMs = fromMs + settings.lifetimeMs;
    const keyId = `${operator} by ${identity.iss}`;
    const wire = makeCertificate(
      { ...{ key, serial, keyId, identity, fromMs, untilMs }, principal: operator, nonce: randomBytes(32) },
      signer,
    );
    this.made += 1;
    const until = new Date(untilMs).toISOString();
    const details = { serial: String(serial), keyId, until };
    audit.write({ action: 'certificate', outcome: 'allowed', who: operator, from, details });
    const type = certificateType(line.split(' ')[0] ?? '');
    return { certificate: `${type} ${wire.toString('base64')} ${operator}`, operator, untilMs };
  }

  /** By `iss` and `sub`, which the provider gives to nobody else; a mail address it may give to another tomorrow. */
  #operatorOf({ iss, sub }: ProviderIdentity): string {
    const { operators } = this.#options.view.current;
    const [found, ...more] = [...operators.values()].filter(({ file }) =>
      (file.oidc ?? []).some(known => known.iss === iss && known.sub === sub),
    );
    if (found !== undefined && more.length === 0) return found.name;
    const who = more.length === 0 ? 'no operator has' : 'several operators have';
    throw new TowlineError('LOGIN_UNKNOWN', `${who} iss ${iss} and sub ${sub.slice(0, 255)} in \`oidc\``);
  }
}

function wireOf(line: string): Buffer {
  try {
    return Buffer.from(readSshPublicKey(line).lookup, 'base64');
  } catch (cause) {
    throw malformed('there is no key that logs in', cause);
  }
}

function malformed(why: string, cause?: unknown): TowlineError {
  return new TowlineError('LOGIN_MALFORMED', why, { cause });
}
