import { defineErrors } from './definition.ts';

/** Tunnels: the SSH connection between agent and gateway, and what people open through it. */
export const tunnelErrors = defineErrors({
  TUNNEL_NOT_CONNECTED: {
    cause:
      'The gateway has no tunnel connection from this device now: it is off, offline, or between two tries.',
    remedy: 'See `towline status` for when the device was last heard, and try again.',
    next: 'retry',
  },
  TUNNEL_UNKNOWN_TARGET: {
    cause: 'Nothing is declared for this port in the tunnel targets of the device at the trusted commit.',
    remedy: 'Add the target to `access.targets` of the device, its group or fleet.yaml.',
    next: 'wait-commit',
  },
  TUNNEL_TARGET_REFUSED: {
    cause: 'The device is connected but could not reach the target, or does not offer it (yet).',
    remedy: 'Check that the service listens at the host and port of the target as the device sees them.',
    next: 'retry',
  },
  TUNNEL_TOO_MANY_CHANNELS: {
    cause: 'The connection already carries as many channels as the gateway allows.',
    remedy: 'Close some of the sessions or forwardings of this connection, or open a second connection.',
    next: 'retry',
  },
  TUNNEL_HOST_KEY: {
    cause:
      'What answered inside the tunnel connection does not hold an SSH host key that is pinned for this gateway.',
    remedy:
      'Compare `sshHostKeys` of the gateway in fleet.yaml and agent.yaml with the gateway’s key. If they agree, somebody stands between.',
    next: 'person',
  },
  TUNNEL_MALFORMED: {
    cause: 'The other end of an SSH connection sent a message whose fields are missing or do not fit in it.',
    remedy: 'No stock program does: find out what runs there, or who holds its key. The connection was cut.',
    next: 'retry',
  },
  TUNNEL_CONNECT: {
    cause: 'The agent could not bring its tunnel connection to a gateway; it keeps trying.',
    remedy: 'The message and its cause name what failed: the way to the gateway, or the gateway’s answer.',
    next: 'retry',
  },
  TUNNEL_EXPIRED: {
    cause: 'The tunnel’s `until` or `tunnels.maxDuration` has passed.',
    remedy: 'Open it anew by a commit.',
    next: 'wait-commit',
  },
  ACCESS_FILES: {
    cause:
      'Files of a container were asked for, and the shell in it that answers for them ended, or said nothing in time.',
    remedy:
      'Try again; where it stays so, look whether the container restarts, and whether its image has stat and cat.',
    next: 'retry',
  },
  ACCESS_CERTIFICATE: {
    cause: 'Somebody came by a certificate of the gateway’s signer to a device that takes none.',
    remedy:
      'Come with a key that stands in your operator file, or have `access.certificates: true` set for the device: read what it gives the owners of gateway and provider first.',
    next: 'person',
  },
  ACCESS_VIA_GATEWAY: {
    cause:
      '`access.viaGateway` of the device does not name this operator, or not this service: its sessions are ended by the device alone.',
    remedy: 'Go through the gateway instead of ending there: `ssh -J gateway web@device`, or `towline ssh`.',
    next: 'person',
  },
  ACCESS_UNRECORDED: {
    cause:
      '`access.record: required` of the device refuses every way that its agent cannot record: plain targets, and the device’s own sshd.',
    remedy:
      'Use the agent’s own server: `ssh -J gateway web@device` for a container, `ssh -J gateway device` for what there is.',
    next: 'person',
  },
  TUNNEL_FILE: {
    cause:
      'The `tunnel` of a device’s file cannot be changed by itself: the file has anchors, aliases, tags or something else for which a rule by field does not apply, or a form that is not known here.',
    remedy:
      'Write the file plainly, in a commit that a rule for the whole file covers, or change its `tunnel` by hand.',
    next: 'person',
  },
  TUNNEL_REQUEST: {
    cause:
      'The branch is no request that can be granted: it is not there, its time is over, or it changes something else than the `tunnel` of one device.',
    remedy:
      '`towline tunnel requests` lists those that can. What else a branch changes is for a pull request.',
    next: 'person',
  },
});
