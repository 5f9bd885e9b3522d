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
});
