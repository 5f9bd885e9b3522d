import { defineErrors } from './definition.ts';

/** Encrypted files below secrets/, in the published SOPS format. */
export const secretsErrors = defineErrors({
  SECRET_MALFORMED: {
    cause: 'The file is not in the SOPS format: the metadata or an encrypted value cannot be read.',
    remedy: 'Write it again with `towline secret edit`, or with sops and OpenPGP recipients.',
    next: 'wait-commit',
  },
  SECRET_UNSUPPORTED: {
    cause:
      'The file uses a part of the SOPS format that Towline does not open, such as key groups or a cloud key service.',
    remedy: 'Encrypt it to OpenPGP recipients with a single key group.',
    next: 'wait-commit',
  },
  SECRET_NOT_A_RECIPIENT: {
    cause: 'The file is not encrypted to the OpenPGP key that was to open it.',
    remedy:
      'Add the recipient with `towline secret rotate FILE`, which encrypts anew to all who may read it.',
    next: 'wait-commit',
  },
  SECRET_TAMPERED: {
    cause:
      'A value or the file as a whole was changed after it was encrypted: an authentication tag or the MAC does not match.',
    remedy: 'Look at the history of the file, restore the last good version, and find out who changed it.',
    next: 'wait-commit',
  },
  SECRET_FILE_MISSING: {
    cause: 'A file of the fleet names a SOPS file that is not in this commit.',
    remedy: 'Make it with `towline secret edit FILE` and commit it, or correct its name.',
    next: 'wait-commit',
  },
  SECRET_OF_ANOTHER_APP: {
    cause:
      'The first name below secrets/ (without extension, split at `+`) lists the apps that a file is for, and `registries` is for logins of registries alone: the file was named for something else.',
    remedy:
      'Put the file where its path names the app, such as secrets/web.env or secrets/web+api/db.env: `towline secret move FROM TO`. Who may write that path decides who shares it.',
    next: 'wait-commit',
  },
  SECRET_PATH_MISSING: {
    cause:
      'The file does not say, in one sealed value at its top (`towline_path`, in .env files `TOWLINE_PATH`), for which path it was sealed. Without it sealed bytes could be copied to where another app gets them.',
    remedy:
      'Run `towline secret edit FILE`, look at what it holds, and save: it writes the value. With sops itself, set it to `FLEET secrets/FILE`.',
    next: 'wait-commit',
  },
  SECRET_PATH_OTHER: {
    cause:
      'The file was sealed for another path, or for another fleet: somebody copied or moved the sealed bytes.',
    remedy:
      'Find out who put it there. Where it was meant to move, `towline secret move FROM TO` seals it for its new path.',
    next: 'wait-commit',
  },
  SECRET_VARIABLE_UNKNOWN: {
    cause:
      'A Compose file takes a config or secret from a variable that neither the files nor the secrets of the app have.',
    remedy:
      'Add the variable with `towline secret edit FILE`, and name that file under `secrets` of the app or its assignment.',
    next: 'wait-commit',
  },
  SECRET_VARIABLE_TWICE: {
    cause: 'A name is a secret variable of the app and one of its ordinary variables.',
    remedy: 'Rename one of them: which one a Compose file means must not depend on an order.',
    next: 'wait-commit',
  },
  SECRET_INTERPOLATED: {
    cause: 'A Compose file interpolates a secret variable: its value would stand in the model.',
    remedy:
      'Take it as a secret or config with `environment: NAME`, or as an entry without value in `environment`.',
    next: 'wait-commit',
  },
  SECRET_NO_KEY: {
    cause: 'The device has no OpenPGP key to open secrets with, or it cannot be read.',
    remedy: 'Enrol the device again: enrolment makes the key below its state directory.',
    next: 'retry',
  },
  SECRET_NOT_IN_MEMORY: {
    cause: 'The folder that opened secrets would stand in is not in memory (a tmpfs), or cannot be made.',
    remedy: 'Set `runtimeDirectory` in agent.yaml to a folder on a tmpfs, such as /run/towline.',
    next: 'retry',
  },
  SECRET_FOLDER_SHARED: {
    cause:
      'The folder that opened secrets would stand in, or one on the way to it, belongs to another user or can be written by others: somebody may have put it there first.',
    remedy:
      'Look at the folder that the message names, and remove it if nobody needs it. Set `runtimeDirectory` in agent.yaml to a folder of the agent’s own, such as /run/towline, which systemd makes.',
    next: 'retry',
  },
  SECRET_OWNER: {
    cause: 'The agent may not give a secret or config the owner (uid, gid) that its service asks for.',
    remedy:
      'Leave uid and gid away: mode 0444, the default, lets every user of the container read it. Or give the agent CAP_CHOWN.',
    next: 'wait-commit',
  },
  SECRET_REGISTRY_CREDENTIALS: {
    cause: 'The credentials of private registries cannot be opened on this device.',
    remedy:
      'Look at the reason in the message; `towline secret check` says whether the device is a recipient of the file.',
    next: 'retry',
  },
  SECRET_NOT_ENCRYPTED: {
    cause: 'A file below secrets/ is no SOPS file: what stands in it may be readable by everybody.',
    remedy:
      'Take it out of the repository, treat what it held as known, and write it with `towline secret edit FILE`.',
    next: 'wait-commit',
  },
  SECRET_RECIPIENTS: {
    cause:
      'A SOPS file is not encrypted to exactly those who need it: the principals and the devices that use it.',
    remedy:
      'Run `towline secret rotate FILE`; where only devices are to be added, `towline secret rotate --recipients-only FILE`.',
    next: 'wait-commit',
  },
  SECRET_READABLE_BY_REVOKED: {
    cause: 'The key of a revoked device could read this file, and its data key has not been made anew since.',
    remedy: 'Change the values themselves where they are issued, then run `towline secret rotate FILE`.',
    next: 'wait-commit',
  },
  SECRET_NO_RECIPIENT: {
    cause:
      'No principal of the policy has an OpenPGP key that can encrypt: nobody could edit the file again.',
    remedy: 'Give a principal an OpenPGP key with an encryption subkey, in trust/keys/.',
    next: 'person',
  },
  SECRET_KEYRING: {
    cause: 'gpg could not open the data key with any key of your keyring.',
    remedy:
      'Have somebody whose key is a recipient run this, or make your key known to gpg; `gpg --list-secret-keys` shows yours.',
    next: 'person',
  },
  SECRET_EDITOR: {
    cause: 'The editor failed, or what it left cannot be read in the format of the file.',
    remedy: 'Set EDITOR to an editor that waits until you are done, and try again.',
    next: 'person',
  },
});
