import { defineErrors } from './definition.ts';

/** What auditors read: recordings of sessions, made on a device and kept at the gateway, and the audit log of the fleet. */
export const recordingErrors = defineErrors({
  RECORDING_NO_AUDITORS: {
    cause: 'Sessions are to be recorded, and `access.auditors` names nobody who could read the recording.',
    remedy:
      'Add the auditors’ OpenPGP public keys to `access.auditors` of the device, its group or fleet.yaml.',
    next: 'wait-commit',
  },
  RECORDING_AUDITOR_KEY: {
    cause:
      'A key of `access.auditors` cannot be encrypted to: it has expired by the device’s clock, or is no such key.',
    remedy: 'Replace it. Until then no recording begins, and where `record` is `required` no session.',
    next: 'wait-commit',
  },
  RECORDING_NOT_KEPT: {
    cause: 'The device could not write a recording down: its disk is full, or fails.',
    remedy: 'Make room below the agent’s state directory. What was shown until then is recorded.',
    next: 'person',
  },
  RECORDING_TOO_MUCH: {
    cause:
      'A recording has reached its bound in bytes or time, or so many wait to be sent to the gateway that the device’s room for them is used up.',
    remedy:
      'Begin a new session; where recordings wait, see that the device reaches its gateway and that there is room.',
    next: 'retry',
  },
  GATEWAY_RECORDING_CONFLICT: {
    cause:
      'A device has sent something else for a place of a recording, or of its ledger, that is kept already.',
    remedy:
      'Nothing that is kept is overwritten. A device whose state was set back does this; so does somebody who has its key. Compare with `towline session verify`.',
    next: 'person',
    httpStatus: 409,
  },
  GATEWAY_RECORDING_MALFORMED: {
    cause: 'What was sent is no recording, or no entry of a ledger, or longer than one may be.',
    remedy: 'No agent sends this: find out what runs there, or who holds its key.',
    next: 'person',
    httpStatus: 400,
  },
  GATEWAY_RECORDINGS_FULL: {
    cause:
      'As many bytes of recordings are kept as `recordings` in gateway.yaml allows, of this device or of all.',
    remedy:
      'Raise `recordings.maxBytes` or `maxBytesPerDevice`, or shorten `recordings.keep`. What is within `keep` is not removed to make room.',
    next: 'retry',
    httpStatus: 507,
  },
  SESSION_RECORDING_TRUNCATED: {
    cause: 'A recording ends before the place that the device has signed as its end.',
    remedy: 'It may be on its way. If it stays so, somebody at the gateway has cut it.',
    next: 'person',
  },
  SESSION_RECORDING_REORDERED: {
    cause: 'Chunks of a recording, or entries of a ledger, do not stand in the order of their numbers.',
    remedy: 'No device writes this: somebody at the gateway has changed it.',
    next: 'person',
  },
  SESSION_RECORDING_FOREIGN: {
    cause:
      'A recording is of another device, another fleet or another session, or another key has signed it.',
    remedy: 'It says nothing about this device. Somebody has put it there.',
    next: 'person',
  },
  SESSION_RECORDING_FORGED: {
    cause: 'A recording, or an entry of a ledger, is not what the device has signed.',
    remedy: 'Somebody has changed it after it was made.',
    next: 'person',
  },
  SESSION_RECORDING_MALFORMED: {
    cause: 'A line is no line of a recording, or of a ledger.',
    remedy: 'Somebody has changed it, or a newer Towline has made it.',
    next: 'person',
  },
  SESSION_LEDGER_SHORT: {
    cause: 'The device has signed that its ledger has more entries than the gateway shows.',
    remedy: 'They may be on their way. If it stays so, recordings were kept from you.',
    next: 'person',
  },
  SESSION_LEDGER_OTHER: {
    cause:
      'An entry of the ledger is not the one whose hash stands in an earlier signed status of the device.',
    remedy: 'Somebody with the device’s key has written its past anew. The status is older, and holds.',
    next: 'person',
  },
  SESSION_RECORDING_UNKNOWN: {
    cause: 'The gateway has no such recording, or none that this person may read.',
    remedy: 'See `towline session list`.',
    next: 'person',
  },
  SESSION_RECORDING_MISSING: {
    cause: 'The device has signed that there is this recording, and the gateway does not have it.',
    remedy:
      'It may be on its way, or older than `recordings.keep`; if it is neither, somebody at the gateway has removed it.',
    next: 'person',
  },
  SESSION_NO_AUDITOR: {
    cause: 'Your keyring opens none of the keys to which the recording is encrypted.',
    remedy: 'Only auditors can read it. `towline session verify` needs no key.',
    next: 'person',
  },
  AUDIT_MALFORMED: {
    cause: 'Something on the branch `audit` is not what a gateway writes there.',
    remedy:
      'Somebody has changed it, or a newer Towline has written it. Compare with the forge’s copy of the branch and with heads in your sinks.',
    next: 'person',
  },
  AUDIT_UNREADABLE: {
    cause:
      'The gateway cannot read the branch `audit` of its telemetry.git: a file of it is damaged or missing.',
    remedy:
      'Devices and people are served, and what happens is kept (16 MiB of it). Bring the branch back from the forge’s copy or a backup; the gateway looks again each quarter of an hour, and at a restart. How, and what to do without a copy: docs/guides/audit.md.',
    next: 'person',
  },
  AUDIT_MISSING: {
    cause:
      'Entries of the audit log are not there: the numbers of those around them are not next to each other.',
    remedy:
      'Somebody has taken them out. The forge’s copy of the branch, or an older clone of it, may still have them.',
    next: 'person',
  },
  AUDIT_CHANGED: {
    cause:
      'An entry of the audit log was made for another one before it, or a signed head for another entry.',
    remedy: 'Somebody has changed what stands before. Compare with the forge’s copy of the branch.',
    next: 'person',
  },
  AUDIT_REORDERED: {
    cause: 'Entries, or commits, of the audit log do not stand in the order of their numbers.',
    remedy: 'No gateway writes this: somebody has changed it.',
    next: 'person',
  },
  AUDIT_UNSIGNED: {
    cause:
      'A commit of the branch `audit` is signed by none of the keys in `audit.keys` of fleet.yaml, or not at all.',
    remedy:
      'If the gateway got a new key, compare it there (`towline gateway init` shows it) and add it by `towline audit accept`; keep the old one beside it. Else somebody else has written the branch.',
    next: 'person',
  },
  AUDIT_CUT: {
    cause:
      'The audit log ends before a head of it that is known, or begins behind one: from `--head`, or from what this clone has seen.',
    remedy:
      'Entries were taken away. Compare with the forge’s copy and with heads in your sinks. A head from `--head` that is older than `audit.keep` is not there any longer, and shows nothing.',
    next: 'person',
  },
  AUDIT_REWRITTEN: {
    cause:
      'The entry with the number of a known head is another one now: the log was written anew, by somebody who has the gateway’s key.',
    remedy:
      'The head that you know is older, and holds. Find out who had the gateway at that time. `towline audit verify --forget` begins anew from what is there.',
    next: 'person',
  },
  AUDIT_EVIDENCE: {
    cause:
      'An entry says that a device has signed something, and the commit that it names is not signed by that device.',
    remedy: 'The gateway has made it up, or the device had another key: see its file in the fleet’s history.',
    next: 'person',
  },
  AUDIT_NONE: {
    cause: 'The repository has no branch `audit`, or none for you.',
    remedy:
      'A gateway makes it with its first entry, in telemetry.git, and mirrors it to a forge. Who reads it needs `git: {telemetry: read}` in their operator’s file.',
    next: 'person',
  },
  AUDIT_NO_KEYS: {
    cause: 'fleet.yaml names no `audit.keys`: nobody knows whose signature counts.',
    remedy:
      '`towline audit accept` writes the gateway’s key into fleet.yaml, once its fingerprint was compared.',
    next: 'person',
  },
  ACCESS_SHARE_REFUSED: {
    cause:
      'A link for guests was asked for where `access.share` allows none, or of a session that is another’s or over.',
    remedy:
      'See `ssh DEVICE status` for your session’s id, and `access.share` of the device, its group or fleet.yaml.',
    next: 'person',
  },
});
