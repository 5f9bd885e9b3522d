import { defineErrors } from './definition.ts';

export const gatewayErrors = defineErrors({
  GATEWAY_CONFIG_INVALID: {
    cause: 'gateway.yaml cannot be read or does not satisfy its schema.',
    remedy: 'Correct the file at the place named; `towline gateway init` writes one that works.',
    next: 'person',
  },
  GATEWAY_OPEN_FILES_FEW: {
    cause: 'The fleet has more devices than the gateway can hold connections for: each is an open file.',
    remedy:
      'Raise `LimitNOFILE` of its systemd unit (or `ulimit -n`) to two for each device and 512 more, and restart it.',
    next: 'person',
  },
  GATEWAY_STATE_UNUSABLE: {
    cause:
      'A file or folder of the state directory is missing, damaged, or belongs to another fleet or anchor.',
    remedy:
      'Restore the folder from a backup, or seed a new one with `towline gateway init` and keep the keys.',
    next: 'person',
  },
  GATEWAY_STATE_IN_USE: {
    cause:
      'Another gateway is running on this state directory: two of them would write the same repositories.',
    remedy:
      'Stop the other one (the message names its process), or give this one a state directory of its own.',
    next: 'person',
  },
  GATEWAY_LISTEN_FAILED: {
    cause:
      'An address of `listen` cannot be had: another program listens there, it is not of this machine, or the port is privileged.',
    remedy: 'See who listens (`ss -ltnp`); correct `listen` in gateway.yaml, or stop the other program.',
    next: 'person',
  },
  GATEWAY_WALK_STOPPED: {
    cause:
      "The gateway's own walk does not accept the head of main; it keeps admitting by the commit before.",
    remedy: 'Run `towline trust check` on the repository; `towline trust mend` gets past a bad commit.',
    next: 'wait-commit',
  },
  GATEWAY_FLEET_INVALID: {
    cause: 'The fleet at the trusted commit has errors; the gateway keeps admitting by the fleet before it.',
    remedy: 'Run `towline validate` on the repository and push a commit that mends it.',
    next: 'wait-commit',
  },
  GATEWAY_PEER_FAILED: {
    cause: 'What a peer sent could not be dealt with; its connection was cut, and nobody else’s.',
    remedy:
      'The audit line names the peer and the reason. `TUNNEL_MALFORMED` in it is the peer’s doing; anything else is a fault of the gateway: report it with the log line of the same time.',
    next: 'person',
  },
  GATEWAY_CERTIFICATE_MISSING: {
    cause: 'The connection shows no client certificate.',
    remedy: 'Connect with the TLS key of an enrolled device.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_KEY_UNKNOWN: {
    cause: 'No file of the trusted fleet names this key.',
    remedy:
      "Enrol the device, or merge the commit that brings its keys; an operator's key goes to operators/.",
    next: 'retry',
    httpStatus: 403,
  },
  GATEWAY_DEVICE_WAITING: {
    cause:
      'The device has stated its keys, and no person has accepted them yet: it may fetch main, nothing more.',
    remedy: 'Run `towline device accept ID` with the fingerprint that the device shows, and push the change.',
    next: 'retry',
    httpStatus: 403,
  },
  GATEWAY_DEVICE_REVOKED: {
    cause: "The device's file says `revoked: true`: its keys are never admitted again.",
    remedy: 'If the device is to come back, enrol it under another id, with new keys.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_DEVICE_RETIRED: {
    cause:
      "The device's file says `retired`, and the device has said that this is done: it is not admitted any more.",
    remedy:
      'None is needed. If it is to come back: take `retired` out of its file by a commit, then restart its agent, which asks once.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_REF_FORBIDDEN: {
    cause: 'A device may write refs/heads/telemetry/<its own id> and no other ref, and may not delete it.',
    remedy: 'Push to the own telemetry branch only.',
    next: 'fatal',
    httpStatus: 403,
  },
  GATEWAY_PUSH_REF_FORBIDDEN: {
    cause:
      'Operators push branches (refs/heads/), tags and refs/towline/timestamp, which they do not delete; other refs mean something to git or to the gateway. With `git.fleet: request` they push refs/heads/requests/<operator>/* alone.',
    remedy: 'Push it as a branch or a tag of another name.',
    next: 'person',
  },
  GATEWAY_REQUESTS_FULL: {
    cause:
      'An operator with `git.fleet: request` has as many branches below requests/<operator>/ as the gateway keeps for one.',
    remedy: 'Delete those that are answered: `git push --delete origin requests/<operator>/<name>`.',
    next: 'person',
  },
  GATEWAY_PUSH_UNTRUSTED: {
    cause:
      'Devices would not take what was pushed to main, and gateway.yaml says `pushes.untrusted: refuse`; main stays where it is.',
    remedy:
      'Sign the commit (`git commit --amend -S`; several: `git rebase -f -S`) or have the change approved (`towline approve`), and push again; `towline trust check` says the same before a push. Only what brings devices on that have stopped is taken, such as `towline trust mend`.',
    next: 'person',
  },
  GATEWAY_NOT_JUDGED: {
    cause:
      'The walk over what was pushed to main took longer, or needed more memory, than the gateway gives one push: what the door of main must know was not known in time.',
    remedy:
      'Push fewer commits at once (`git push origin COMMIT:main`, then the rest); if the gateway still walks what it has already, wait until `/healthz` names the head of main as trusted.',
    next: 'person',
  },
  GATEWAY_OBJECT_FORBIDDEN: {
    cause: 'The request wants an object that is not the tip of a branch that devices may fetch.',
    remedy: 'Ask for the refs again and fetch what is advertised now.',
    next: 'retry',
    httpStatus: 403,
  },
  GATEWAY_REPOSITORY_FORBIDDEN: {
    cause: "The operator's file does not allow this use of this repository.",
    remedy:
      'Raise `git.fleet` or `git.telemetry` in operators/<name>.yaml by a commit that the policy accepts.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_DEVICE_UNREACHABLE: {
    cause:
      "The operator's file, or the tunnel's `allow`, does not cover this device; or there is no such device.",
    remedy: "Widen `tunnels` in operators/<name>.yaml or `allow` in the device's tunnel by a commit.",
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_TUNNEL_CLOSED: {
    cause: 'The tunnel of this device is closed, or its time is over.',
    remedy: "Open it by a commit: `tunnel: open` in the device's file.",
    next: 'wait-commit',
    httpStatus: 403,
  },
  GATEWAY_ROUTE_UNKNOWN: {
    cause: 'The device port has no such address.',
    remedy: 'Check the address and the method; see docs/guides/gateway.md.',
    next: 'fatal',
    httpStatus: 404,
  },
  GATEWAY_REQUEST_MALFORMED: {
    cause: 'The request is not what git, or this version of the protocol, sends.',
    remedy: 'Look for a proxy that alters requests; update the client.',
    next: 'fatal',
    httpStatus: 400,
  },
  GATEWAY_REQUEST_TOO_LARGE: {
    cause: "The request's body is over the limit, sent or unpacked.",
    remedy: 'Send less at once, or raise `limits` in gateway.yaml.',
    next: 'fatal',
    httpStatus: 413,
  },
  GATEWAY_RATE_LIMITED: {
    cause:
      'This device asks more often than its limits allow, or pushed more than the fleet lets it in a day.',
    remedy:
      'Wait as long as Retry-After says; if the device is right, raise `limits` in gateway.yaml, or `telemetry.maxBytesPerDay` in fleet.yaml.',
    next: 'retry',
    httpStatus: 429,
  },
  GATEWAY_BUSY: {
    cause: 'As much as the gateway does at once is under way.',
    remedy: 'Try again in a moment; if it goes on, raise `limits.gitProcesses` or add a gateway.',
    next: 'retry',
    httpStatus: 503,
  },
  GATEWAY_SESSION_SILENT: {
    cause:
      'A git session asked for nothing, said nothing or did not read what it had asked for, for long, or while others waited.',
    remedy: 'Try again; if the line is slow, at a quieter time.',
    next: 'retry',
    httpStatus: 503,
  },
  GATEWAY_DRAINING: {
    cause: 'The gateway is shutting down.',
    remedy: 'Try again in a moment.',
    next: 'retry',
    httpStatus: 503,
  },
  GATEWAY_GIT_FAILED: {
    cause: 'A git process of the gateway failed.',
    remedy:
      "Look into the gateway's log; `git fsck` in the state directory says whether a repository is damaged.",
    next: 'retry',
    httpStatus: 500,
  },
  GATEWAY_PACK_REFUSED: {
    cause: 'The pushed pack is damaged, holds objects that are not well formed, or leaves some out.',
    remedy: 'Build the commit anew on the tip that the gateway advertises.',
    next: 'fatal',
    httpStatus: 400,
  },
  GATEWAY_OLD_ID_STALE: {
    cause: 'The ref is not where the push says it is, or the new commit does not descend from it.',
    remedy: 'Ask for the refs again and build on the advertised tip.',
    next: 'retry',
    httpStatus: 409,
  },
  GATEWAY_DISK_FULL: {
    cause: 'The file system of the gateway has no room: nothing is taken, what is there is served on.',
    remedy: 'Make room at the gateway. Devices push again by themselves.',
    next: 'retry',
    httpStatus: 507,
  },
  GATEWAY_INTERNAL: {
    cause: 'A defect of the gateway, or of the machine it runs on.',
    remedy: 'Look into the log under the id of the request, and report it.',
    next: 'retry',
    httpStatus: 500,
  },
});
