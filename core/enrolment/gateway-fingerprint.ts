/** What a gateway is known by, as one fingerprint: shown where its keys are, typed where they are written into the fleet. */
import { fingerprintOf } from '../fingerprint.ts';

export interface GatewayKeys {
  /** `sha256:<base64>` of its TLS key. */
  readonly tlsPin: string;
  /** `ssh-ed25519 …`, its host key, without a comment. */
  readonly sshHostKey: string;
}

export function gatewayFingerprint({ tlsPin, sshHostKey }: GatewayKeys): string {
  return fingerprintOf(Buffer.from(`towline-gateway v1\n${tlsPin}\n${sshHostKey}\n`));
}
