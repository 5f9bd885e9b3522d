import { defineErrors } from './definition.ts';

/** What a person asked of `towline`. */
export const cliErrors = defineErrors({
  CLI_USAGE: {
    cause: 'The command line asks for something that does not exist or contradicts itself.',
    remedy: '`towline help VERB` has examples; `towline help` lists the verbs.',
    next: 'person',
  },
  CLI_OUTPUT: {
    cause: 'What the command had to say could not be written: mostly the disk is full.',
    remedy: 'Make room, or write it elsewhere, and run it again.',
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
  CLI_SSH: {
    cause: 'OpenSSH’s client is missing, or the fleet does not say by which key it would know the place.',
    remedy: 'Install ssh, or put the keys of the device’s sshd into its file, as `hostKeys`.',
    next: 'person',
  },
  CLI_FOLDER_NOT_EMPTY: {
    cause: 'The folder for a new fleet exists and is not empty; nothing was written.',
    remedy: 'Name another folder, or empty this one.',
    next: 'person',
  },
  CLI_FOLDER: {
    cause:
      'A folder cannot be made: no permission, a file stands in the way, or the file system has none (/proc).',
    remedy: 'Name another folder, or run the command as a user who may write there.',
    next: 'person',
  },
  CLI_NO_TEMPLATE: {
    cause: 'This `towline` came without the template of a fleet: devices get the programs alone.',
    remedy: 'Run `towline init` at your desk, from the package that npm installs or from a clone.',
    next: 'person',
  },
  CLI_FILE_EXISTS: {
    cause: 'A file that would be written is there already; it was left as it is.',
    remedy:
      'The message says what to do where it may be written over; else choose another name, or remove it first.',
    next: 'person',
  },
  CLI_SIGNING_KEY: {
    cause:
      'The signing key cannot be found or read, or no device could trust what it signs: another curve (brainpool, secp256k1), RSA below 2048 bits, DSA, an SSH certificate, expired, revoked, not for signing, or a weak hash in the settings of gpg.',
    remedy:
      'Name an OpenPGP key that `gpg --list-secret-keys` shows, or the file of an SSH public key: Ed25519, RSA from 2048 bits, ECDSA P-256, P-384 or P-521, or a security key (`ssh-keygen -t ed25519`).',
    next: 'person',
  },
  CLI_SIGNING: {
    cause:
      'git could not make a signed commit: no agent, no terminal for the passphrase, a wrong key, or no name (`git config user.name`, `user.email`).',
    remedy:
      'Where git asks who you are, tell it; else sign something by hand first (`gpg --sign` or `ssh-keygen -Y sign`). Then try again.',
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
  CLI_FORGE_UNREACHABLE: {
    cause:
      'The forge did not answer, not in time, or is busy; it was asked five times, or wants to be left alone for over a minute.',
    remedy:
      'Check its address, network and proxy, and run it again later. A certificate of your own authority: NODE_EXTRA_CA_CERTS=FILE.',
    next: 'retry',
  },
  CLI_FORGE_REFUSED: {
    cause:
      'The forge refused: the token does not suffice or has expired, there is no such repository or request, or the forge takes no such text.',
    remedy:
      'The message holds what the forge said. docs/guides/pull-request.md has what a token must be allowed.',
    next: 'person',
  },
  CLI_FORGE_ANSWER: {
    cause: 'The answer is not what the forge’s API promises: no list, too large, another page.',
    remedy: 'Check --forge and --url: the address is the forge’s own, without /api.',
    next: 'person',
  },
  CLI_FORGE_TOKEN: {
    cause: 'There is no token for the forge, or what was given is none.',
    remedy:
      'Put it into a file, alone, and name that by --token-file, or into the environment variable TOWLINE_FORGE_TOKEN.',
    next: 'person',
  },
  CLI_REVIEW_INVALID: {
    cause:
      'What should be a review is none, is too large, or is of another commit than the branch has: it comes from a job that had the branch, and is not trusted.',
    remedy: 'Run `towline review plan --out FILE` by the same version of Towline, and hand that file on.',
    next: 'person',
  },
  CLI_NO_TELEMETRY: {
    cause: 'Where telemetry was looked for there is no such repository.',
    remedy: 'Name it by --telemetry URL, such as ssh://git@gateway.example.com:2222/telemetry.git.',
    next: 'person',
  },
  CLI_NO_STATEMENT: {
    cause:
      'No statement of that device waits at the gateway: nobody has used its token yet, or it was accepted.',
    remedy: 'Run `towline agent enroll` at the device (or `rotate-keys`); then accept.',
    next: 'person',
  },
  CLI_GATEWAY_FINGERPRINT: {
    cause: 'The fingerprint that was typed is not that of the keys that were shown at the address.',
    remedy:
      'Read it once more on the gateway itself (`towline gateway init` shows it again). If it still differs, somebody else answers at that address: accept nothing.',
    next: 'person',
  },
  CLI_GATEWAY_UNREACHABLE: {
    cause: 'Nothing answered at the address of the gateway, or not in time.',
    remedy:
      'Check host and port (people come in by SSH, port 2222), the network, and whether the gateway runs.',
    next: 'retry',
  },
  CLI_GATEWAY_REFUSED: {
    cause: 'The gateway answered and did not let you in, or its host key is not the one that you know.',
    remedy:
      'Use an SSH key that `operators/NAME.yaml` has on main at the gateway. Host keys stand in fleet.yaml: compare before you accept one.',
    next: 'person',
  },
  CLI_NO_SUCH_DEVICE: {
    cause: 'The fleet has no device of that id there.',
    remedy:
      'Ids are the names of the files below devices/. `render` and `plan` see files that are not committed yet with --worktree.',
    next: 'person',
  },
  CLI_CHANGE_REFUSED: {
    cause: 'Devices would not follow the commit: by the policy your signature alone is not enough for it.',
    remedy:
      '`--pr` makes a branch for a pull request, with your approval in it. For a tunnel, `towline tunnel request` asks those who may.',
    next: 'person',
  },
  CLI_PUSH_REFUSED: {
    cause: 'The remote did not take what was pushed. Nothing has changed there.',
    remedy:
      'The message holds what it said. Where main takes pull requests only: `--pr`. `git.fleet` of your operator file says what you may push to a gateway.',
    next: 'person',
  },
  CLI_PUSH_UNKNOWN: {
    cause:
      'The connection ended while main was pushed, and the remote could not be asked afterwards: the change may be there.',
    remedy:
      'Once the remote answers: `git fetch`, and see whether main has the commit that the message names. If not, run it again. Keys and tokens that were made for it still lie where they were to be.',
    next: 'person',
  },
  CLI_MAIN_MOVES: {
    cause: 'Others pushed to main each time before this change got there.',
    remedy: 'Run it again.',
    next: 'retry',
  },
  CLI_ADOPT_DATA: {
    cause: 'A folder that is to be adopted holds what containers write, or hands all of .env to one.',
    remedy: 'As the message says, where it says; see docs/guides/adoption.md.',
    next: 'person',
  },
  CLI_INTERNAL: {
    cause: 'A mistake in Towline itself.',
    remedy: 'Run again with --debug and report what it prints.',
    next: 'person',
  },
  REGISTRY_DELETE_REFUSED: {
    cause: 'A registry removes no manifests (405), or not for this login.',
    remedy:
      'Turn deletion on (of distribution: `storage: { delete: { enabled: true } }`), or log in as somebody who may: `docker login`.',
    next: 'person',
  },
  REGISTRY_DEVICES_SILENT: {
    cause:
      'Devices have said nothing that is signed of what they run in the last 30 days: it is not known whether they need what would be removed. Nothing was.',
    remedy:
      'Wait for their status, or retire those that are gone. `--ignore-silent` removes all the same what only they might need.',
    next: 'person',
  },
});
