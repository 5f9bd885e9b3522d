import { defineErrors } from './definition.ts';

/** What a person asked of `towline`. */
export const cliErrors = defineErrors({
  CLI_USAGE: {
    cause: 'The command line asks for something that does not exist or contradicts itself.',
    remedy: 'See `towline help VERB`: every verb has examples there.',
    next: 'person',
  },
  CLI_NOT_A_REPOSITORY: {
    cause: 'The folder is not inside a git repository, or git cannot read it.',
    remedy: 'Name the repository by --repo DIR, or make one by `towline init DIR`.',
    next: 'person',
  },
  CLI_NO_WORKING_TREE: {
    cause: 'Uncommitted files were asked for and the repository is a bare one.',
    remedy: 'Leave --worktree out, or name a clone with a working tree.',
    next: 'person',
  },
  CLI_NO_SUCH_COMMIT: {
    cause: 'The revision names no commit of this repository.',
    remedy: 'Look at `git log`; fetch first if the commit is a remote one.',
    next: 'person',
  },
  CLI_GIT: {
    cause: 'git ended with an error, or is not installed.',
    remedy: 'The message holds what git said. Install git if it is missing.',
    next: 'person',
  },
  CLI_FOLDER_NOT_EMPTY: {
    cause: 'The folder for a new fleet exists and is not empty; nothing was written.',
    remedy: 'Name another folder, or empty this one.',
    next: 'person',
  },
  CLI_FILE_EXISTS: {
    cause: 'A file that would be written is there already; it was left as it is.',
    remedy: 'Choose another name, or remove the file first.',
    next: 'person',
  },
  CLI_SIGNING_KEY: {
    cause: 'The signing key cannot be found or read, or is not of a kind that Towline accepts.',
    remedy: 'Name an OpenPGP key that `gpg --list-secret-keys` shows, or the file of an SSH public key.',
    next: 'person',
  },
  CLI_SIGNING: {
    cause: 'git could not sign the commit: no agent, no terminal for the passphrase, or a wrong key.',
    remedy: 'Sign something by hand first (`gpg --sign` or `ssh-keygen -Y sign`), then try again.',
    next: 'person',
  },
  CLI_INVALID_FLEET: {
    cause: 'The repository has problems; they are listed. The verb needs one without.',
    remedy: 'Correct them; `towline validate` lists them again.',
    next: 'person',
  },
  CLI_IMAGE_REFERENCE: {
    cause: 'The image reference of a service cannot be read.',
    remedy: 'Write [registry/]repository[:tag][@sha256:…].',
    next: 'person',
  },
  CLI_REGISTRY_UNREACHABLE: {
    cause: 'The registry did not answer, or not in time.',
    remedy:
      'Check name, network and proxy. A registry without TLS must be on loopback or named by --insecure.',
    next: 'retry',
  },
  CLI_REGISTRY_REFUSED: {
    cause: 'The registry refused: no such image, or the credentials do not suffice.',
    remedy: 'Push the image, or `docker login` to the registry.',
    next: 'person',
  },
  CLI_REGISTRY_ANSWER: {
    cause:
      'The registry’s answer is not what the Registry API promises: no manifest, another digest, too large.',
    remedy: 'Ask whoever runs the registry, or a proxy before it.',
    next: 'person',
  },
  CLI_NO_TELEMETRY: {
    cause: 'The telemetry repository cannot be fetched or has no branch of such a device.',
    remedy: 'Name it by --telemetry URL; devices that never reported have no branch.',
    next: 'person',
  },
  CLI_INTERNAL: {
    cause: 'A mistake in Towline itself.',
    remedy: 'Run again with --debug and report what it prints.',
    next: 'person',
  },
});
