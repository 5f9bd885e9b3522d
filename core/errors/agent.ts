import { defineErrors } from './definition.ts';

/** The agent’s own: configuration, what it keeps on disk, the way to the gateway, its passes; and how a device comes into the fleet. */
export const agentErrors = defineErrors({
  AGENT_CONFIG: {
    cause: 'agent.yaml cannot be read, is not YAML, or does not fit its schema.',
    remedy: 'Correct the file; docs/reference/files.md lists every key. Then start the agent again.',
    next: 'fatal',
  },
  AGENT_OUTDATED: {
    cause:
      'The engine, the kernel or the operating system of a device is older than `requires` of fleet.yaml, a group or the device says it may be. Its apps run all the same.',
    remedy: 'Upgrade what the message names, or ask for less.',
    next: 'person',
  },
  AGENT_STATE_LOCKED: {
    cause: 'Another agent that is running uses the same stateDirectory.',
    remedy: 'Stop the other agent, or give this one a stateDirectory of its own.',
    next: 'fatal',
  },
  AGENT_KEYS: {
    cause: 'A key in <stateDirectory>/keys is missing or cannot be read.',
    remedy:
      'Put the keys back from where they were made (`towline device add` writes them), or enrol the device again.',
    next: 'person',
  },
  AGENT_STATE_GARBAGE: {
    cause:
      'Both copies of a file that the agent keeps are damaged, mostly by a failing disk or a hand that edited them.',
    remedy:
      'Check the disk. For the trusted commit: `towline agent re-anchor` with a commit that you have verified.',
    next: 'person',
  },
  AGENT_FILE_TOO_LARGE: {
    cause: 'A file is larger than what is ever written there.',
    remedy: 'Look at the file that the message names and remove it if it is not yours.',
    next: 'person',
  },
  AGENT_GATEWAY_UNREACHABLE: {
    cause: 'No gateway address could be connected to, or none finished the TLS handshake in time.',
    remedy: 'Nothing, if the network is down: the agent tries again. Else check the addresses and the proxy.',
    next: 'retry',
  },
  AGENT_GATEWAY_PIN: {
    cause:
      'What answers at the gateway address shows a key that is not pinned: another host, or a proxy that intercepts TLS. No request was sent to it.',
    remedy:
      'Exempt the gateway from TLS interception: a corporate root certificate is not accepted, only the pinned keys are. If the gateway has a new key, add its pin to fleet.yaml or agent.yaml.',
    next: 'person',
  },
  AGENT_PROXY: {
    cause: 'The HTTP proxy refused to connect to the gateway.',
    remedy:
      'Check the proxy address and its credentials in agent.yaml, and that it allows CONNECT to the port. One that asks for NTLM, Negotiate or Digest must exempt the gateway or the device, or a proxy of your own stands in between that speaks it (cntlm, px).',
    next: 'retry',
  },
  AGENT_ANSWER: {
    cause: 'The gateway answered with a status or a body that makes no sense here.',
    remedy: 'Look at the gateway log for this device at that time.',
    next: 'retry',
  },
  AGENT_ANSWER_CUT: {
    cause: 'The connection ended in the middle of an answer, or the answer took too long.',
    remedy: 'Nothing: the agent tries again.',
    next: 'retry',
  },
  AGENT_ANSWER_TOO_LARGE: {
    cause: 'An answer of the gateway is larger than the limit for its kind.',
    remedy: 'See what the gateway sends; a fleet repository should stay far below the limits.',
    next: 'retry',
  },
  AGENT_REFUSED: {
    cause: 'The gateway does not admit this device: its key is unknown there, or revoked, or it is retired.',
    remedy: 'Compare the device file in the fleet repository with the keys of this device.',
    next: 'wait-commit',
  },
  AGENT_STALE: {
    cause:
      'The newest signed timestamp is older than fleet.yaml freshness allows: updates are being withheld, or the timestamp bot is down.',
    remedy:
      'Check the bot that signs refs/towline/timestamp and the gateway mirror. Nothing is changed meanwhile.',
    next: 'retry',
  },
  AGENT_NOT_REMOVED: {
    cause:
      'Files of a state or an app that is gone cannot be removed: a container has made them its own, something is mounted there, or a file is immutable.',
    remedy:
      'Nothing waits for it, and each pass tries again. To have the space back, remove what the message names, as root: `rm -rf` after `umount` or `chattr -i` where the reason says so.',
    next: 'person',
  },
  AGENT_CLOCK: {
    cause:
      "The device's clock is behind a time that has certainly been: the time of a signed commit, or one that the device has seen before.",
    remedy:
      'Let the device synchronise its clock (NTP). Until then no tunnel is opened. A clock that was far ahead by mistake: stop the agent and remove <stateDirectory>/time and time.copy.',
    next: 'person',
  },
  AGENT_CONTROL: {
    cause: 'The agent of this device could not be told, or what it should do was not understood.',
    remedy: 'Run the command as the user of the agent or as root, with the --config of the agent that runs.',
    next: 'person',
  },
  AGENT_NOT_RUNNING: {
    cause: 'No agent of this stateDirectory runs: there is none that could look now.',
    remedy: 'Start it (`systemctl start towline-agent`), or make one pass with `towline agent --once`.',
    next: 'person',
  },
  AGENT_DISK_FULL: {
    cause:
      'The file system of the stateDirectory has no room. What runs is kept running; no new commit is fetched.',
    remedy:
      'Make room on the device: `docker system df`, the logs under /var. The agent goes on by itself then.',
    next: 'retry',
  },
  AGENT_FAILED: {
    cause: 'A pass ended by an error that has no code of its own.',
    remedy: 'Look at the log of this pass; the agent tries again with the next one.',
    next: 'retry',
  },
  BUNDLE_FLEET: {
    cause: 'A bundle was made for another fleet than the one that it was brought to.',
    remedy: 'Take the right file: `towline bundle show FILE` says what it is for.',
    next: 'person',
  },
  BUNDLE_FORK: {
    cause:
      'The commits of a bundle do not continue what the device trusts: they were made from another history, or from one that was changed behind it.',
    remedy:
      'Make the bundle from the main of this fleet. If that was changed behind what the device trusts, docs/guides/trust.md says what to do.',
    next: 'person',
  },
  BUNDLE_PREREQUISITE: {
    cause:
      'A bundle goes on from a commit that the device does not have, or the store of the device is damaged and the bundle has only a part of the commits.',
    remedy:
      'Make the bundle without `--since`, or since a commit that the device trusts (its status names it).',
    next: 'person',
  },
  BUNDLE_IMAGE_UNPINNED: {
    cause:
      'A bundle has an image that no release at its commit pins: it was not made of this fleet’s releases. Nothing of it is used.',
    remedy: 'Make the bundle anew by `towline bundle create`, and ask who made this one.',
    next: 'person',
  },
  BUNDLE_LAYER_MISSING: {
    cause:
      'A layer was left out of a bundle because all devices that it was made for had it, and this device does not: its engine was tidied, or the bundle was made for others.',
    remedy: 'Make the bundle anew with all layers: `towline bundle create --device ID --complete`.',
    next: 'retry',
  },
  ENROLMENT_TOKEN_MALFORMED: {
    cause: 'The text is not an enrolment token, or a part of it was lost on the way.',
    remedy: 'Copy the whole token once more, or make a new one with `towline device add`.',
    next: 'person',
  },
  ENROLMENT_TOKEN_EXPIRED: {
    cause: 'The token is older than the device’s file allows.',
    remedy: 'Make a new one with `towline device add ID --renew`, and merge that change.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_TOKEN_USED: {
    cause: 'A token re-anchors a device once, and this one has done so.',
    remedy: 'Make a new one with `towline device add ID --re-anchor`, and find out who has kept the old one.',
    next: 'person',
  },
  ENROLMENT_STATEMENT_MALFORMED: {
    cause: 'What claims to be an enrolment statement has not its form, or holds a key of a wrong kind.',
    remedy: 'Enrol the device again with its token.',
    next: 'person',
    httpStatus: 400,
  },
  ENROLMENT_SIGNATURE: {
    cause: 'The statement is not signed by the one-time key that the device’s file names.',
    remedy: 'Somebody without the token tries to enrol this device. Make a new token and find out who.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_NOT_EXPECTED: {
    cause: 'The fleet has no such device, or its file waits for no enrolment.',
    remedy: 'Run `towline device add ID` and merge the change, then enrol.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_TWICE: {
    cause: 'Two different statements came for one token: it is known to somebody else.',
    remedy: 'Make a new token with `towline device add ID --renew`. Accept neither statement.',
    next: 'person',
    httpStatus: 409,
  },
  ENROLMENT_FINGERPRINT: {
    cause: 'The fingerprint that was typed is not that of the statement.',
    remedy:
      'Read it once more from the device itself. If it still differs, the keys are not the device’s: do not accept.',
    next: 'person',
  },
});
