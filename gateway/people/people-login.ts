/** What a person shows at the door, and whom it lets in. */
import { readUserCertificate } from '../../core/access/certificate/user-certificate.ts';
import { type Admission, admit, type PersonSubject } from '../admission/admission.ts';
import type { AuditEvent } from '../admission/audit.ts';
import type { PeopleServices } from './people-connection.ts';

export interface ShownAtDoor {
  /** Wire form, base64. */
  readonly key: string;
  /** Wire form of one that is for this key. */
  readonly certificate: Buffer | undefined;
  /** Address. */
  readonly from: string;
}

type Login =
  | (Extract<Admission, { allowed: true }> & { readonly subject: PersonSubject })
  | Extract<Admission, { allowed: false }>;

export function logIn({ view, clock }: Pick<PeopleServices, 'view' | 'clock'>, shown: ShownAtDoor): Login {
  const subject = subjectOf(shown);
  if (subject === undefined) {
    return { allowed: false, code: 'ACCESS_CERTIFICATE_REFUSED', message: 'what is shown is no certificate' };
  }
  const admission = admit(view.current, subject, { kind: 'login' }, clock.now());
  return admission.allowed ? { ...admission, subject } : admission;
}

/** For the audit log: which certificate it was. */
export function byCertificate(subject: PersonSubject): Pick<AuditEvent, 'details'> {
  if (subject.kind !== 'certified') return {};
  const { serial, keyId } = subject.certificate;
  return { details: { by: 'certificate', serial: String(serial), keyId: keyId.slice(0, 200) } };
}

function subjectOf({ key, certificate, from }: ShownAtDoor): PersonSubject | undefined {
  if (certificate === undefined) return { kind: 'operator', sshKey: key };
  try {
    return { kind: 'certified', certificate: readUserCertificate(certificate), from };
  } catch {
    return undefined;
  }
}
