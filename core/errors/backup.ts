import { defineErrors } from './definition.ts';

/** Backups of volumes: making, keeping, copying away and putting back. */
export const backupErrors = defineErrors({
  BACKUP_FAILED: {
    cause:
      'The data of the app could not be read or written by the helper container; the message has its last words. The update waits; what ran runs on.',
    remedy: 'Mend what the message names. The device tries again by itself, after 30 s and up to an hour.',
    next: 'retry',
  },
  BACKUP_NO_SPACE: {
    cause:
      'There is no room for the backup that an update asks for. Nothing was stopped, or what was stopped is started again.',
    remedy:
      'Make room on the device, keep fewer backups (`backup.keep` of app.yaml), or copy to a store; `required: false` lets the update go on without.',
    next: 'retry',
  },
  BACKUP_TIMEOUT: {
    cause: 'A backup took longer than `backup.timeout` of app.yaml.',
    remedy: 'Raise `timeout`, back up fewer volumes, or see why the disk is slow.',
    next: 'retry',
  },
  BACKUP_HOOK_FAILED: {
    cause:
      'A `pre` or `post` command of `backup` ended with another code than 0, or did not end in its time.',
    remedy: 'Run it by hand in the container (`docker exec`), and mend what it says.',
    next: 'retry',
  },
  BACKUP_HELPER: {
    cause: 'The helper image that reads and writes volumes is not on the device or does not start.',
    remedy: 'Install the package again: it brings the image; `helperImage` of agent.yaml says where it lies.',
    next: 'person',
  },
  BACKUP_MANIFEST: {
    cause: 'The manifest of a backup is not what a device writes, or a file is not what its manifest says.',
    remedy: 'Take another backup: `towline backup list`.',
    next: 'person',
  },
});
