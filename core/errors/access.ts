import { defineErrors } from './definition.ts';

/** Ways in that the gateway has besides the jump: ports of devices, sessions that it ends, certificates. */
export const accessErrors = defineErrors({
  ACCESS_PORT_CLOSED: {
    cause:
      'A device has a port at the gateway that is not opened: the message says why. Whoever comes to a port has no name there.',
    remedy:
      'Come by the jump (`ssh -J`), or take away what speaks against the port: `allow`, `access.record`, a port that two have, another program on it.',
    next: 'wait-commit',
  },
  ACCESS_CERTIFICATE_REFUSED: {
    cause:
      'An SSH certificate was shown that lets in nobody: the message says why. It is for hours, for one operator, of a signer in `certificateKeys` of fleet.yaml, and for who stands in `oidc` of that operator’s file.',
    remedy: 'Ask for a new one with `towline login`, or come with a key of your operator file.',
    next: 'person',
  },
  ACCESS_DEVICE_KEY: {
    cause:
      'What answered as the agent’s own server in the tunnel of a device does not hold the device’s `keys.ssh`. The gateway gave it nothing.',
    remedy: 'Find out what runs on the device: its agent shows this very key.',
    next: 'person',
  },
  ACCESS_GATEWAY_REFUSED: {
    cause:
      'The agent of a device did not take the key with which the gateway logs in for a person, or did not answer in time.',
    remedy:
      'Put the public half of `access.keyFile` into `gateways[].accessKeys` of fleet.yaml, and see that the device follows that commit.',
    next: 'retry',
  },
  LOGIN_NOT_OFFERED: {
    cause: 'The gateway has no `oidc` in its gateway.yaml, or not the way of logging in that was asked for.',
    remedy: 'Come with a key of your operator file, or have the gateway’s owner set up `oidc`.',
    next: 'person',
  },
  LOGIN_MALFORMED: {
    cause: 'What was sent to log in is not a token, a key that can log in, and a salt.',
    remedy: 'Use `towline login` of the gateway’s version.',
    next: 'person',
    httpStatus: 400,
  },
  LOGIN_TOKEN_REFUSED: {
    cause:
      'The token of the OpenID provider is not for this fleet, not for this key, not of this provider, too old, or was used before: the message says which.',
    remedy: 'Run `towline login` again. Where it stays so, compare `oidc` of gateway.yaml with the provider.',
    next: 'person',
    httpStatus: 403,
  },
  LOGIN_UNKNOWN: {
    cause:
      'The person is known to the provider, and stands in no operator file: the message has the `iss` and `sub` to put there. A mail address is not looked at.',
    remedy: 'Put `oidc: [{iss, sub}]` into the operator’s file, and push the commit.',
    next: 'wait-commit',
    httpStatus: 403,
  },
  LOGIN_UNPINNED: {
    cause: 'Certificates of this gateway’s signer would let nobody in: fleet.yaml does not name its key.',
    remedy: 'Put the public half of `oidc.keyFile` into `gateways[].certificateKeys` of fleet.yaml.',
    next: 'wait-commit',
    httpStatus: 503,
  },
  LOGIN_PROVIDER: {
    cause: 'The OpenID provider cannot be reached, or does not answer as one.',
    remedy:
      'Look at the provider, and at the way from here to it (proxies, a certificate authority of your own).',
    next: 'person',
    httpStatus: 502,
  },
  FLEET_ACCESS_PORT: {
    cause:
      'The `access.port` of a device is outside of `tunnels.ports` in fleet.yaml, or another device has it, too, or `allow` or `access.record` speaks against a way in by which nobody has a name: no gateway opens it.',
    remedy: 'Give each device a port of its own in its own file, within the range.',
    next: 'wait-commit',
  },
  FLEET_ACCESS_AUDITOR: {
    cause:
      'A key of `access.auditors` is no OpenPGP public key to which recordings can be encrypted, or sessions are to be recorded and there is none.',
    remedy:
      'Put in what `gpg --armor --export` prints for each auditor, into `access.auditors` of the device, its group or fleet.yaml.',
    next: 'wait-commit',
  },
  FLEET_ACCESS_KEYS: {
    cause:
      '`access.viaGateway` or `access.share` needs `accessKeys`, `access.certificates` needs `certificateKeys` of a gateway in fleet.yaml: devices believe no other.',
    remedy:
      'Add the public keys that the gateway prints to its entry below `gateways`, or take the setting away.',
    next: 'wait-commit',
  },
  FLEET_ACCESS_SERVICE: {
    cause:
      'A service is named that the app’s Compose file does not have, or that `access.services` of the device does not let people enter.',
    remedy: 'Correct the name, or add the service.',
    next: 'wait-commit',
  },
});

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
