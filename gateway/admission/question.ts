/** Who asks for what, and what they are answered. */
import type { UserCertificate } from '../../core/access/certificate/user-certificate.ts';
import type { Wanted } from '../../core/access/judge.ts';
import type { ErrorCode } from '../../core/errors.ts';

/** Who asks, by the key that was proven on this connection; never by what a message says. */
export type Subject =
  /** On the device port: SubjectPublicKeyInfo in base64, or undefined without a client certificate. */
  | { readonly kind: 'device'; readonly tlsKey: string | undefined }
  /** On the device port: its key stands in the one statement with which this device waits to be accepted. */
  | { readonly kind: 'waiting-device'; readonly device: string }
  /** Inside a tunnel: the device that brought the connection, and the SSH key it proved there. */
  | { readonly kind: 'device-ssh'; readonly device: string; readonly sshKey: string }
  /** On the people's port: the key's blob in base64. */
  | { readonly kind: 'operator'; readonly sshKey: string }
  /** On the people's port: a certificate, whose key was proven there. `from`: the peer's address. */
  | { readonly kind: 'certified'; readonly certificate: UserCertificate; readonly from: string }
  /** At the portal: its login has proven the name. `certificate`: by the provider of the gateway, as certificates are had. */
  | { readonly kind: 'logged-in'; readonly operator: string; readonly by: 'key' | 'certificate' };

export type PersonSubject = Extract<Subject, { kind: 'operator' | 'certified' | 'logged-in' }>;

export type Action =
  | { readonly kind: 'fetch-fleet' }
  /** State its keys, and ask whether they were accepted. */
  | { readonly kind: 'enrol' }
  /** Without `ref`: to see the own ref in the advert. */
  | { readonly kind: 'push-telemetry'; readonly ref?: string }
  /** Of its own sessions. */
  | { readonly kind: 'push-recording' }
  | { readonly kind: 'hints' }
  /** Without `image`: whether it may ask for any. `isPinned`: whether what it runs or shall run pins it. */
  | { readonly kind: 'pull-image'; readonly image?: { readonly name: string; readonly isPinned: boolean } }
  /** Pushes, deletions, lists of a registry. */
  | { readonly kind: 'change-registry' }
  | { readonly kind: 'attach-tunnel' }
  | { readonly kind: 'login' }
  | {
      readonly kind: 'git';
      readonly service: 'upload-pack' | 'receive-pack';
      readonly repository: 'fleet' | 'telemetry';
    }
  /** To see its telemetry, and to have it asked for. */
  | { readonly kind: 'read-telemetry'; readonly device: string }
  /** A bundle for it, and what it has exported, taken back. */
  | { readonly kind: 'carry'; readonly device: string }
  /** Files of agents: which there are; one that comes. */
  | { readonly kind: 'list-agents' }
  | { readonly kind: 'bring-agent' }
  /** To have it look now. */
  | { readonly kind: 'ring'; readonly device: string }
  /** `ended`: by a session that the gateway itself ends. */
  | { readonly kind: 'reach'; readonly device: string; readonly wanted: Wanted; readonly ended?: boolean };

export type Admission =
  /** `who`: the device's id or the operator's name. */
  { readonly allowed: true; readonly who: string } | Refused;

export interface Refused {
  readonly allowed: false;
  readonly who?: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export function refuse(code: ErrorCode, message: string, who?: string): Refused {
  return { allowed: false, code, message, ...(who === undefined ? {} : { who }) };
}
