/** What stands behind a device's open tunnel: `access` of its files, merged. */
export { agentServer } from '../fleet/tunnel.ts';

export interface EnteredService {
  readonly app: string;
  readonly service: string;
  /** Of the container: `name`, `uid`, `uid:gid`. Absent: the container's own. */
  readonly user?: string;
  /** Operators by name. Absent: everyone who reaches the device. */
  readonly operators?: readonly string[];
}

export interface HostLogin {
  /** Account of the device. */
  readonly user: string;
  readonly operators?: readonly string[];
}

/** `required`: no way in that cannot be recorded, and none that goes on unrecorded. */
export type Recording = 'off' | 'on' | 'required';

/** Where the tunnel leads besides the agent's own server stands in `DesiredTunnel.targets`. */
export interface AccessSettings {
  readonly services: readonly EnteredService[];
  readonly logins: readonly HostLogin[];
  readonly record: Recording;
  /** Lets in by certificates of the gateway's signer. */
  readonly certificates: boolean;
  /** Absent: nobody comes in by a session that the gateway ends. */
  readonly viaGateway?: { readonly operators: readonly string[]; readonly services: readonly string[] };
  /** The device's own port at the gateway. */
  readonly port?: number;
  /** Who is in may make a read-only link for guests. */
  readonly share: boolean;
  /** Armored OpenPGP keys to which recordings are encrypted. */
  readonly auditors: readonly string[];
}

export const noAccess: AccessSettings = Object.freeze({
  services: [],
  logins: [],
  record: 'off',
  certificates: false,
  share: false,
  auditors: [],
});
