import { defineErrors } from './definition.ts';

/** Releases of apps, and the images that they pin. */
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
});
