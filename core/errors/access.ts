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
