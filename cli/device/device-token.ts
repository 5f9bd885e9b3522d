/** The enrolment of a new device: a one-time key, its public half for the device's file, and the token around it. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { parseDuration } from '../../core/duration.ts';
import { sshEd25519Line } from '../../core/enrolment/ssh-key-line.ts';
import { formatToken } from '../../core/enrolment/token.ts';
import { TowlineError } from '../../core/errors.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { DeviceFile, FleetFile } from '../../schemas/types.generated.ts';

export interface Enrolment {
  /** Whoever has it can enrol in the device's place: printed once, written nowhere. */
  readonly token: string;
  readonly entry: NonNullable<DeviceFile['enrolment']>;
}

/** @returns milliseconds since the epoch. @throws TowlineError CLI_USAGE */
export function expiresMsOf({ expires }: { readonly expires: string }): number {
  if (/^([0-9]+(s|m|h|d))+$/.test(expires)) return Date.now() + parseDuration(expires);
  throw new TowlineError('CLI_USAGE', `--expires ${expires} must be a duration, such as 7d`);
}

/**
 * @param trusted what the person's own walk trusts: the device's walk begins there.
 * @param expiresMs milliseconds since the epoch.
 * @throws CLI_USAGE when fleet.yaml has no pin that the device could check.
 */
export function makeEnrolment(
  fleet: FleetFile,
  device: string,
  trusted: TrustedState,
  expiresMs: number,
): Enrolment {
  // The schema asks for pins; an all-zero one is what `towline init` writes until `towline gateway init` has made keys.
  const gateways = fleet.gateways.map(({ address, tlsPins, sshHostKeys = [] }) => ({
    address,
    tlsPins,
    sshHostKeys,
  }));
  if (gateways.every(({ sshHostKeys }) => sshHostKeys.length === 0)) {
    throw new TowlineError(
      'CLI_USAGE',
      'fleet.yaml names no SSH host key of a gateway: put in what `towline gateway init` printed',
    );
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const oneTimeKey = privateKey.export({ format: 'der', type: 'pkcs8' });
  const begin = { anchor: trusted.commit, trusted };
  const token = formatToken({ fleet: fleet.name, device, gateways, ...begin, oneTimeKey, expiresMs });
  const expires = `${new Date(expiresMs).toISOString().slice(0, 19)}Z`;
  return { token, entry: { key: sshEd25519Line(createPublicKey(privateKey)), expires } };
}
