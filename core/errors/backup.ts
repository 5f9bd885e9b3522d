import { defineErrors } from './definition.ts';

/** Backups of volumes: making, keeping, copying away and putting back. */
export const backupErrors = defineErrors({
  FLEET_BACKUP_VOLUME: {
    cause:
      '`backup.volumes` of an app names what is no volume of its own: none of the Compose files’, an external one, or a folder that is mounted.',
    remedy: 'Name keys of the top-level `volumes` that the app makes itself, or `all`.',
    next: 'wait-commit',
  },
  FLEET_BACKUP_UNUSED: {
    cause: 'A volume that is backed up is used by no service that runs. The device goes on.',
    remedy: 'Name the volume that holds the data, or take it from `backup.volumes`.',
    next: 'wait-commit',
  },
  FLEET_BACKUP_HOOK: {
    cause:
      'A command of `backup` cannot run: its service does not run, `post` stands beside `mode: stop`, or `mode: hook` has no `pre`.',
    remedy: 'Name a service of the Compose files, or choose another `mode`.',
    next: 'wait-commit',
  },
  FLEET_BACKUP_SCHEDULE: {
    cause: '`backup.schedule` is missing, is not used by `before`, or never comes.',
    remedy: 'Say `before: schedule` or `both` with a `schedule`, or `before: upgrade` without.',
    next: 'wait-commit',
  },
  FLEET_BACKUP_ONE_WAY: {
    cause:
      'A release says `migration: one-way`, and its app would have no data to go back to: no `backup`, or one that is not required, not made before an upgrade, or not put back when the upgrade is taken back.',
    remedy:
      'Give the app’s file `backup` with `required: true`, `before: upgrade` or `both`, and `onRollback: restore`.',
    next: 'wait-commit',
  },
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
  BACKUP_STORE_UNKNOWN: {
    cause: '`backup.to` of an app names a store that no file gives to a device with the app.',
    remedy:
      'Give it in `backupStores` of fleet.yaml, of a group or of the device, or write `to: local` into app.yaml.',
    next: 'wait-commit',
  },
  BACKUP_STORE_SHARED: {
    cause:
      'Two devices would write one repository. Each has its own, with its own password: who holds one device reads nothing of another.',
    remedy: 'Write `{device}` into the path of the store, or into its user.',
    next: 'wait-commit',
  },
  BACKUP_STORE_SECRET: {
    cause:
      'The secret of a store is not of this device, or lacks what opens the store: `password`, and `identity` for SFTP.',
    remedy: '`towline backup key DEVICE` makes it; commit the file.',
    next: 'wait-commit',
  },
  BACKUP_STORE_UNREACHABLE: {
    cause:
      'A store does not answer: its server is not reached or does not go on, or its disk is not mounted. The app runs on, and the backup lies on the device.',
    remedy:
      'See after the server, the network or the disk. The device tries again, after 30 s and up to an hour.',
    next: 'retry',
  },
  BACKUP_STORE_DENIED: {
    cause:
      'The server of a store shows another host key than `hostKeys` says, or does not let the identity in.',
    remedy:
      'Compare its host key; put the public key that `towline backup key` showed into its authorized_keys.',
    next: 'retry',
  },
  BACKUP_STORE_PASSWORD: {
    cause: 'The password of the secret does not open the repository in the store.',
    remedy:
      'Take back the password that it was made with (`towline secret edit`), or give the store another path.',
    next: 'retry',
  },
  BACKUP_STORE_READ_ONLY: {
    cause: 'A store takes nothing: its file system is read-only, or the folder is not the user’s.',
    remedy: 'Let the user of the store write there, or mount the disk for writing.',
    next: 'retry',
  },
  BACKUP_STORE_FULL: {
    cause: 'A store has no more room.',
    remedy: '`towline backup prune` at a desk, or a larger disk.',
    next: 'retry',
  },
  BACKUP_STORE_LOCKED: {
    cause: 'Somebody prunes the repository in the store, or was broken off while doing so.',
    remedy: 'Wait: a lock that nobody holds any more is worth nothing after 30 minutes.',
    next: 'retry',
  },
  BACKUP_STORE_DAMAGED: {
    cause: 'What lies in a store is not what was written there.',
    remedy:
      'Look after the disk of the store (`towline backup verify`); give the store another path, and a new copy is made.',
    next: 'person',
  },
  BACKUP_STORE_FAILED: {
    cause: 'A copy to a store, or from it, failed; the message has the last words of restic.',
    remedy:
      'Mend what the message names; where it is `SSH_FX_FAILURE`, look whether the disk of the server is full or read-only: SFTP has no other word for it. The device tries again by itself.',
    next: 'retry',
  },
  BACKUP_RESTIC: {
    cause: 'restic does not run at this desk: it reads and prunes what stores have.',
    remedy: 'Install it: `apt install restic`, 0.14 or newer.',
    next: 'person',
  },
  BACKUP_STORE_MISSING: {
    cause: 'The store has no such backup, or none that is whole.',
    remedy: '`towline backup pull DEVICE` shows what it has.',
    next: 'person',
  },
  RESTORE_NO_APP: {
    cause: 'A restore is asked for of an app that the device does not have.',
    remedy: 'Correct the name, or assign the app first.',
    next: 'wait-commit',
  },
  RESTORE_UNSURE: {
    cause:
      'The file of the device asks for a restore, the device does not remember the app, and a volume of it is there already: whether the restore was carried out before, nobody knows. Nothing was put back; the app runs with the data that is there.',
    remedy:
      'At the device: `towline agent backup restore APP BACKUP`. Or take `restore` out of its file, let the device follow, and ask again.',
    next: 'person',
  },
  RESTORE_IN_USE: {
    cause:
      'A container of somebody else runs with a volume that is to be put back. The app runs on with the data that it has.',
    remedy: 'Stop the container that the message names. The device tries again by itself.',
    next: 'retry',
  },
  RESTORE_NO_SPACE: {
    cause:
      'There is no room for what the backup holds beside what is there now. Nothing was stopped and nothing was changed; an update that failed stays until there is room for its data to go back.',
    remedy:
      'Make room where the engine keeps its volumes and, for a backup that comes from a store, where the agent keeps backups. The device tries again by itself, after 30 s and up to an hour.',
    next: 'retry',
  },
  RESTORE_NO_BACKUP: {
    cause: 'The backup that a restore asks for is not on the device, and no store has given it.',
    remedy:
      '`towline backup list`, or at the device `towline agent backup list`, shows those that are there; see that the store can be reached.',
    next: 'retry',
  },
  RESTORE_OTHER: {
    cause: 'The backup is one of another app, device or fleet.',
    remedy: 'Name a backup of this app on this device: `towline backup list`.',
    next: 'person',
  },
  RESTORE_OTHER_RELEASE: {
    cause: 'The backup is of another release than the app has: it may not be able to read such data.',
    remedy:
      'Give the app the release of the backup, or say `migrate: true` (`--migrate`) where the app reads data of that release. A restore that is done can be taken out of the file.',
    next: 'wait-commit',
  },
  RESTORE_VOLUME: {
    cause:
      'A volume cannot be put back by the device: it is not one of the driver `local` without options, the app does not have it any more, or its folder lies on another file system.',
    remedy: 'At the device: `towline agent backup export APP BACKUP --out DIR`, and unpack it by hand.',
    next: 'person',
  },
  RESTORE_UNDER_WAY: {
    cause:
      'A restore of the app has got so far that it only goes on: nothing else of its data is put back before, and it cannot be taken back.',
    remedy:
      'Let it end (`towline agent now`), then ask again: `towline agent backup list` says what is aside.',
    next: 'person',
  },
  RESTORE_MARK: {
    cause:
      'What the device has noted of a restore that was under way is damaged, so nobody knows which volumes have which data. Nothing of the app is started.',
    remedy: 'At the device: `towline agent backup restore APP BACKUP`, which begins anew.',
    next: 'person',
  },
});
