/** Whom a certificate lets in: asked at the login, and again at each change of what is trusted. */
import type { OperatorFile } from '../../../schemas/types.generated.ts';
import type { UserCertificate } from './user-certificate.ts';

export interface CertificateQuestion {
  readonly certificate: UserCertificate;
  /** Keys whose certificates count here, wire form, base64: `gateways[].certificateKeys`. */
  readonly signers: readonly string[];
  readonly operatorNamed: (name: string) => { readonly file: Pick<OperatorFile, 'oidc'> } | undefined;
  /** Whether the person comes from one of these addresses and ranges. Undefined: it cannot be known here. */
  readonly comesFrom: ((sources: readonly string[]) => boolean) | undefined;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: number;
}

export type CertificateVerdict =
  | { readonly holds: true; readonly operator: string; readonly untilMs: number }
  | { readonly holds: false; readonly why: string };

/**
 * Who an operator is at the provider stands in their file, and in the certificate: whoever is taken out of the file, or
 * becomes another there, is out, whatever time the certificate has left.
 */
export function judgeCertificate(question: CertificateQuestion): CertificateVerdict {
  const { certificate, signers, operatorNamed, comesFrom, nowMs } = question;
  const { principal, identity, sources, fromMs, untilMs } = certificate;
  if (!signers.includes(certificate.signer)) return refuse('signed by nobody whose certificates count here');
  if (nowMs < fromMs) return refuse('not valid yet: one of the clocks is wrong');
  if (nowMs >= untilMs) return refuse('expired');
  const known = operatorNamed(principal)?.file.oidc ?? [];
  if (identity === undefined || !known.some(one => one.iss === identity.iss && one.sub === identity.sub))
    return refuse('for nobody who has this identity at a provider');
  if (sources !== undefined && comesFrom?.(sources) !== true) return refuse('not to be used from here');
  return { holds: true, operator: principal, untilMs };
}

function refuse(why: string): CertificateVerdict {
  return { holds: false, why: `a certificate ${why}` };
}
