import { defineErrors } from './definition.ts';

/** Files of a fleet repository, and what they say. */
export const fleetErrors = defineErrors({
  FLEET_YAML_SYNTAX: {
    cause:
      'The file is not YAML, or uses a construct that Towline refuses (more than one document, duplicate or non-text keys, bytes that are not UTF-8, too many aliases).',
    remedy: 'Correct the line that the message names.',
    next: 'wait-commit',
  },
  FLEET_SCHEMA: {
    cause: 'A value does not fit the schema of its file: wrong type, out of range, a required key missing.',
    remedy: 'Compare the value with docs/reference/files.md.',
    next: 'wait-commit',
  },
  FLEET_UNKNOWN_KEY: {
    cause: 'The file has a key that its schema does not know; mostly a slip of the pen.',
    remedy: 'Correct or remove the key. The message names the nearest one that exists.',
    next: 'wait-commit',
  },
  FLEET_FILE_MISSING: {
    cause: 'A file that every fleet repository has (fleet.yaml) is not in this commit.',
    remedy: 'Add the file, or name the right repository or commit. `towline init` makes a working fleet.',
    next: 'wait-commit',
  },
  FLEET_FILE_TOO_LARGE: {
    cause:
      'A file that Towline reads is larger than its limit (1 MiB for YAML, 16 MiB for a file of an app).',
    remedy: 'Make the file smaller. Large data belongs into an image or a volume.',
    next: 'wait-commit',
  },
  FLEET_FILE_UNEXPECTED: {
    cause:
      'A file lies where Towline looks for its own files and has a name that it does not read, such as .yml instead of .yaml.',
    remedy: 'Rename or move the file.',
    next: 'wait-commit',
  },
  FLEET_FILE_NAME: {
    cause: 'The name of a file gives an id, and this one is not a valid name.',
    remedy:
      'Rename the file: lower-case letters, digits and dashes, starting and ending with a letter or digit.',
    next: 'wait-commit',
  },
  FLEET_NAME_MISMATCH: {
    cause:
      'Two files name the same thing differently: the fleet in trust/policy.yaml and in fleet.yaml, or a release in its file and in the name of that file.',
    remedy: 'Make both equal.',
    next: 'wait-commit',
  },
  FLEET_TOO_LARGE: {
    cause: 'The repository has more files of one kind than Towline reads.',
    remedy: 'Split the fleet, or remove what is no longer needed.',
    next: 'wait-commit',
  },
  FLEET_DEVICE_UNKNOWN: {
    cause: 'A device is named that has no file below devices/ in this commit.',
    remedy: 'Correct the id, or add the device by `towline device add ID`.',
    next: 'wait-commit',
  },
  FLEET_RETIRED_OTHER: {
    cause:
      "A device's file says `retired` with `remove-with-volumes`, and names another device: perhaps it was copied.",
    remedy:
      'Name the device of this very file, whose volumes are then removed for good, or take `retired` out.',
    next: 'wait-commit',
  },
  FLEET_DEVICE_DUPLICATE: {
    cause: 'Two files below devices/ give the same device id.',
    remedy: 'Remove or rename one of them: ids are unique in a fleet, whatever the folder.',
    next: 'wait-commit',
  },
  FLEET_GROUP_UNKNOWN: {
    cause: 'A group is named that has no file in groups/.',
    remedy: 'Correct the name, or add groups/<name>.yaml.',
    next: 'wait-commit',
  },
  FLEET_VOLUME_UNKNOWN: {
    cause:
      '`disposableVolumes` of app.yaml names a volume that the app’s Compose files do not declare, or that is external: nobody removes that one.',
    remedy: 'Name a volume by its key below `volumes` of the Compose file, or take it out of the list.',
    next: 'wait-commit',
  },
  FLEET_APP_UNKNOWN: {
    cause: 'An app is named that has no folder in apps/, or the folder lacks its Compose file.',
    remedy: 'Correct the name, or add apps/<app>/compose.yaml.',
    next: 'wait-commit',
  },
  FLEET_OPERATOR_UNKNOWN: {
    cause: 'An operator is named that has no file in operators/.',
    remedy: 'Correct the name, or add operators/<name>.yaml.',
    next: 'wait-commit',
  },
  FLEET_KEY_DUPLICATE: {
    cause: 'One key, in whatever form, stands for two devices, two people, or a device and a person.',
    remedy: 'Give each its own key.',
    next: 'wait-commit',
  },
  FLEET_KEY_MALFORMED: {
    cause:
      'A public key cannot be read, is not of the kind that its place asks for, or not in its one spelling (a number with a needless zero, other base64).',
    remedy: 'Put in the public key as the program that made it printed it.',
    next: 'wait-commit',
  },
  FLEET_TUNNEL_TARGET: {
    cause:
      'Two targets of one tunnel have the same name or the same port, or one is called `towline`: that is the agent’s own SSH server.',
    remedy: 'Give each target of a device its own name and port.',
    next: 'wait-commit',
  },
  FLEET_TUNNEL_LONG: {
    cause:
      'An open tunnel’s `until` lies further ahead than `tunnels.maxDuration` of fleet.yaml: devices and gateways close it that long after each has first seen it open.',
    remedy:
      'Write a nearer `until`, or raise `tunnels.maxDuration` (8h where it is not given), which whoever may change fleet.yaml decides.',
    next: 'wait-commit',
  },
  FLEET_TUNNEL_TARGETS_OLD: {
    cause:
      '`tunnel.targets` adds nothing any more: a rule for `/tunnel` is for opening, and it narrows. Only what `access.targets` names, or without it ssh at 127.0.0.1:22, is reached.',
    remedy: 'Move it to `access.targets`: `towline validate --fix` does.',
    next: 'wait-commit',
  },
  FLEET_TIME_ZONE: {
    cause: 'The time zone of a maintenance window is not in the IANA database.',
    remedy: 'Use a name such as Europe/Berlin or UTC.',
    next: 'wait-commit',
  },
  FLEET_CRON: {
    cause: 'A cron expression has a field that is out of range or not understood.',
    remedy: 'Use five fields (minute hour day month weekday), or six with seconds first.',
    next: 'wait-commit',
  },
  FLEET_INSTANT: {
    cause: 'A moment is written in the right form but does not exist, such as February 30.',
    remedy: 'Correct the date.',
    next: 'wait-commit',
  },
  FLEET_ADDRESS: {
    cause: 'The port of an address is not between 1 and 65535.',
    remedy: 'Correct the port.',
    next: 'wait-commit',
  },
  FLEET_VARIABLE_RESERVED: {
    cause: 'A variable has a name that Towline itself sets (TOWLINE_…).',
    remedy: 'Rename the variable.',
    next: 'wait-commit',
  },
  FLEET_LFS_POINTER: {
    cause:
      'A file that a container would see is a pointer of Git LFS: the content lies on a server that devices do not ask.',
    remedy:
      'Commit the content itself: `git lfs untrack PATH`, `git add --renormalize PATH`; or bring it in an image.',
    next: 'wait-commit',
  },
  FLEET_PROJECT_FILE_MISSING: {
    cause: 'The Compose file of an app refers to a file that is not in the app’s folder.',
    remedy: 'Add the file beside the Compose file, or use a named volume for what the app writes itself.',
    next: 'wait-commit',
  },
  FLEET_PROJECT_TOO_LARGE: {
    cause:
      'The files that one app brings to a device are too many or too large together (64 MiB, 4096 files).',
    remedy: 'Put the data into an image or a volume.',
    next: 'wait-commit',
  },
  FLEET_ADOPT_WIDE: {
    cause: '`engine.adopt` stands in fleet.yaml or in the file of a group.',
    remedy: 'Name the Compose project in the file of each device that it runs on.',
    next: 'wait-commit',
  },
  ROLLOUT_INVALID: {
    cause:
      'A rollout’s file contradicts itself or others: more stages open than there are, none of them since when, a name twice, percentages that do not rise, a release that leads to itself, or rollouts that supersede one another in a circle.',
    remedy: 'Correct the file; the message says what is wrong with it.',
    next: 'wait-commit',
  },
  ROLLOUT_CONFLICT: {
    cause:
      'Two rollouts move the same app of the same device, and neither supersedes the other. The app stays as it runs.',
    remedy: 'Say in the newer one what it `supersedes`, or abort or finish the other.',
    next: 'wait-commit',
  },
  ROLLOUT_SUPERSEDED: {
    cause:
      'A rollout that another one supersedes is neither paused nor aborted. Devices judge a step by its file alone: whoever has the key of a bot could still open its stages. A warning.',
    remedy: '`towline rollout pause` it, as `towline rollout start` does; or abort it.',
    next: 'person',
  },
  ROLLOUT_STAGE_EMPTY: {
    cause:
      'A stage of a rollout selects no device that is not in an earlier one: nobody would try the release.',
    remedy: 'Correct the selector, or take the stage away.',
    next: 'wait-commit',
  },
  ROLLOUT_CHANGED: {
    cause:
      'A rollout of which stages are open has another app, release, stage or salt than before, or a superseded one opens a further stage.',
    remedy: 'Leave it as it is, and make another that supersedes it.',
    next: 'person',
  },
  ROLLOUT_DOWNGRADE: {
    cause:
      'A change takes devices of an open stage back to an earlier release: the rollout’s file goes, or a label, a group or an assignment changes.',
    remedy:
      '`towline rollout finish` or `abort`, whichever is meant; where devices are to go back, `towline validate --allow-downgrade`, and in the hook `TOWLINE_FORCE=1 git push`.',
    next: 'person',
  },
  ROLLOUT_ONE_WAY: {
    cause:
      'A rollout that is aborted, or a stage that was closed again, takes back a release whose migration is one-way. Where it runs it stays: an earlier one cannot read its data.',
    remedy: 'Assign the device a release that can: a later one, or the same by a pin.',
    next: 'wait-commit',
  },
  ROLLOUT_PIN_OLD: {
    cause:
      'A device has had a release of its own for more than 90 days, without an end: no rollout moves it. A warning.',
    remedy: '`towline unpin`, or say until when and why: `pinned: {until, reason}` beside it.',
    next: 'person',
  },
});
