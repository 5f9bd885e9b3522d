import { defineErrors } from './definition.ts';

/** Releases of apps, the images that they pin, and how these come to devices. */
export const releaseErrors = defineErrors({
  FLEET_RELEASE_WITHDRAWN: {
    cause:
      'A file assigns a release whose release.yaml says that it is withdrawn. It is a warning: devices do as they are told.',
    remedy: 'Assign another release.',
    next: 'wait-commit',
  },
  FLEET_RELEASE_UNKNOWN: {
    cause: 'A release is named that has no folder in apps/<app>/releases/.',
    remedy: 'Correct the version, or make the release by `towline release APP VERSION`.',
    next: 'wait-commit',
  },
  FLEET_RELEASE_REUSED: {
    cause:
      'A release has the version of an earlier one, which was deleted and had other content: devices that go back, and people who read the log, would take one for the other.',
    remedy: 'Make it under another version: `towline release APP VERSION`.',
    next: 'person',
  },
  FLEET_RELEASE_MISSING: {
    cause:
      'An app is assigned without a release, and its Compose file does not pin each image to a digest itself.',
    remedy: 'Name a release of the app in the file of the device, of a group or of the fleet.',
    next: 'wait-commit',
  },
  FLEET_RELEASE_IMAGE_MISSING: {
    cause: 'A service of the Compose file has no image in the release.',
    remedy: 'Make the release anew by `towline release APP VERSION`.',
    next: 'wait-commit',
  },
  FLEET_RELEASE_IMAGE_CHANGED: {
    cause: 'A service names another image than the one that the release pinned.',
    remedy: 'Make a new release by `towline release APP VERSION` and assign it.',
    next: 'wait-commit',
  },
  FLEET_IMAGE_MOUNT_UNPINNED: {
    cause:
      'A service mounts an image (`volumes` of `type: image`) that is not named by its digest. A release pins only the images that services run, so two devices could see different files under one tag.',
    remedy: 'Name it by its digest: `source: repository@sha256:…`.',
    next: 'wait-commit',
  },
  ROLLOUT_UNKNOWN: {
    cause: 'A verb names a rollout that main does not have, or two apps have one of that name.',
    remedy: 'Name one that `towline rollout status` shows, as APP/NAME where two have it.',
    next: 'person',
  },
  ROLLOUT_EXISTS: {
    cause: 'A rollout is to begin whose name another one of its app has.',
    remedy: 'Give it another name: `towline rollout start … --name NAME`.',
    next: 'person',
  },
  ROLLOUT_NOT_OPEN: {
    cause:
      'No stage of a rollout may be opened: it is paused, aborted, superseded, or all its stages are open.',
    remedy: '`towline rollout status` says which: resume it, or begin another one.',
    next: 'person',
  },
  ROLLOUT_NOT_YET: {
    cause:
      'The next stage of a rollout may not be opened by now: its devices are not there yet, too many failed, or the hold is not over.',
    remedy:
      'Wait, or open it all the same by `towline rollout promote --now`: the hold is not asked of people.',
    next: 'wait-commit',
  },
  ROLLOUT_MOVES_DEVICES: {
    cause:
      'What a rollout brings would be given to devices that it has not reached: it is finished while some do not run it by their own signed word, or fleet.yaml or a group assigns it already.',
    remedy:
      'Let the rollout reach them first, open their stage (`towline rollout promote`), or pin those that are to stay: `towline pin`.',
    next: 'person',
  },
  ROLLOUT_BOT_REFUSED: {
    cause:
      'The bot of rollouts has made a step that devices would not accept, and has not pushed it: no rule of the policy lets its key.',
    remedy:
      'Give its key a role, and that role a rule with `change: advance` and one with `change: pause` for rollouts/*/*.yaml: docs/guides/rollouts.md.',
    next: 'person',
  },
  IMAGE_REFUSED: {
    cause:
      'An image is not one that devices may be sent: an index in an index, layers that lie on another server, digests that are no SHA-256, more layers than an engine stacks, or a layer that unpacks to far more than it is.',
    remedy: 'Build the image anew with a common builder; the message says what is wrong with it.',
    next: 'person',
  },
  IMAGE_PLATFORM_MISSING: {
    cause: 'A release has no image for the platform of a device that has its app.',
    remedy:
      'Push the image for that platform too (`docker buildx build --platform …`), or say by `--requires platforms=…` which devices the release is for.',
    next: 'person',
  },
  RELEASE_REQUIRES: {
    cause:
      'A release needs something that a device does not have: a newer agent or engine, another platform, disk or memory. What runs there goes on.',
    remedy: 'Bring the device to what the release requires, or assign it another release.',
    next: 'wait-commit',
  },
  GATEWAY_IMAGE_FORBIDDEN: {
    cause:
      'A device asked the gateway for an image that no release assigned to it pins, at the newest commit or at the one that its status trusts.',
    remedy:
      'Assign the release that pins it. An image that stands in no `release.yaml` is pulled from its registry, not through the gateway.',
    next: 'wait-commit',
    httpStatus: 403,
  },
  GATEWAY_IMAGE_UNKNOWN: {
    cause: 'The registry behind the gateway does not have this manifest or layer (any more).',
    remedy: 'Push the image again: its digest stays the same. Or release a version whose images are there.',
    next: 'person',
    httpStatus: 404,
  },
  GATEWAY_KEY_PULLS_ONLY: {
    cause:
      'The key of a device’s engine (`keys.registry` of its file) was shown for something else than a pull: git, telemetry, a tunnel.',
    remedy:
      'The agent shows `keys.tls`; where an engine’s key is used elsewhere somebody has taken it from the device: `towline agent certs-d --renew` there.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_REGISTRY_READ_ONLY: {
    cause:
      'A device asked for a push, a deletion, or a list of what a registry has. None of it is for devices.',
    remedy: 'Push to the registry itself; `towline release` pins what is there.',
    next: 'person',
    httpStatus: 405,
  },
  GATEWAY_REGISTRY_UNREACHABLE: {
    cause:
      'The registry behind the gateway does not answer, answers too slowly, or does not let the gateway in.',
    remedy:
      'The message names it. Correct `registries` in gateway.yaml (url, credentials, CA), or bring the registry back; what the gateway has kept is served meanwhile.',
    next: 'retry',
    httpStatus: 502,
  },
  GATEWAY_REGISTRY_ANSWER: {
    cause:
      'What the registry behind the gateway sent does not hash to the digest that was asked for, is longer or shorter than its manifest says, or is no manifest. Nobody got it whole, and nothing of it was kept.',
    remedy: 'Look at the registry, and at what is between: somebody changed what it holds.',
    next: 'retry',
    httpStatus: 502,
  },
  GATEWAY_IMAGE_TOO_LARGE: {
    cause:
      'A layer does not fit into `registryCache.maxBytes`, or all of that is being downloaded or sent just now.',
    remedy: 'Raise `registryCache.maxBytes` in gateway.yaml: a few times the largest layer at least.',
    next: 'retry',
    httpStatus: 507,
  },
  BUNDLE_FORMAT: {
    cause:
      'A file is no bundle of Towline, a newer version made it, or it holds something that nothing in it names.',
    remedy: 'Take the file that `towline bundle create` wrote, or install the newer version.',
    next: 'person',
  },
  BUNDLE_DAMAGED: {
    cause:
      'A bundle is not as it was written: a byte is another, it was cut off, or something was put behind it. The message says where.',
    remedy: 'Copy it again from where it was made, or make it anew: `towline bundle create`.',
    next: 'person',
  },
  BUNDLE_SEALED: {
    cause: 'A bundle is sealed, and whoever reads it has none of the keys that it is sealed for.',
    remedy:
      'Bring it to one of its devices. At a desk: `gpg --decrypt FILE | towline bundle show -`, by somebody who has such a key.',
    next: 'person',
  },
  BUNDLE_TOO_LARGE: {
    cause: 'A part of a bundle says that it is larger than any such part can be.',
    remedy: 'Make the bundle anew: `towline bundle create`. If it is for very many devices, make several.',
    next: 'person',
  },
  BUNDLE_IMAGE_MISSING: {
    cause:
      'An image, or a layer of one, is not where it should be: in the bundle, or at the registry as its release has pinned it.',
    remedy:
      'Make the bundle anew, with `--complete` where a device lacks a layer that it was thought to have. Where the registry lacks the image, push it again.',
    next: 'person',
  },
  BUNDLE_OLDER: {
    cause: "A gateway's main is ahead of the bundle that was brought to it. Nothing of it is taken.",
    remedy: 'Bring a newer bundle: `towline bundle create` in a clone that was pulled.',
    next: 'person',
    httpStatus: 409,
  },
  BUNDLE_NO_ROOM: {
    cause:
      'There is no room for a bundle where it should be written: the disk is too full, or the stick is formatted as FAT, which has no file of 4 GiB.',
    remedy:
      'Make room, or take a stick that is formatted as exFAT or ext4; `--since` and what devices have said (`--telemetry`) make a bundle smaller.',
    next: 'person',
  },
  BUNDLE_COMMITS: {
    cause:
      'The commits in a bundle are not what its contents say, or they go on from one that is not here (`--since`).',
    remedy: 'Make it anew with an older `--since`, or without it; at a desk, `git fetch` first.',
    next: 'person',
  },
  BUNDLE_IMAGE_UNSERVED: {
    cause:
      'A release of the device that a bundle was asked for has an image whose registry is not behind this gateway. Nothing was sent.',
    remedy:
      'Name that registry in `registries` of gateway.yaml, or make the bundle at a desk: `towline bundle create`.',
    next: 'person',
    httpStatus: 409,
  },
});
