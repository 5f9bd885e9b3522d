import { defineErrors } from './definition.ts';

/** Bytes of git, and what stands between a gateway and the git host that it follows or forwards to. */
export const gitErrors = defineErrors({
  GIT_NO_REPOSITORY: {
    cause: 'What answers is no git repository: no smart HTTP advertisement.',
    remedy: 'Check the gateway address and its log.',
    next: 'retry',
  },
  GIT_NO_MAIN: {
    cause: 'The repository has no branch main.',
    remedy: 'Push main to the gateway.',
    next: 'wait-commit',
  },
  GIT_SHA256: {
    cause: 'The repository names its objects by SHA-256. Towline reads SHA-1 repositories.',
    remedy: 'Make the fleet repository with `git init --object-format=sha1`.',
    next: 'wait-commit',
  },
  GIT_PARTIAL_CLONE: {
    cause:
      'The clone was made with `--filter`: objects are missing that git would fetch when it needs them, and could not.',
    remedy: 'Fetch them all: `git fetch --refetch --no-filter origin`, or clone again without `--filter`.',
    next: 'person',
  },
  GIT_PACK: {
    cause: 'The pack that came is cut, damaged or misses its trailer. Nothing of it was stored.',
    remedy: 'Nothing: the agent fetches again.',
    next: 'retry',
  },
  GIT_PACK_TOO_LARGE: {
    cause: 'A pack is larger, or has more objects, than the limit.',
    remedy: 'Keep large files out of the fleet repository; a device that is far behind catches up by and by.',
    next: 'wait-commit',
  },
  GIT_STORE: {
    cause: 'The local object store is damaged: an object or its index cannot be read.',
    remedy: 'Nothing: a fresh store is fetched beside it. If it comes back, check the disk.',
    next: 'retry',
  },
  GIT_PUSH_REFUSED: {
    cause: 'The gateway did not take the telemetry commit.',
    remedy: 'The message has the gateway’s word; what it held stays in the spool and is tried again.',
    next: 'retry',
  },

  GATEWAY_UPSTREAM_UNREACHABLE: {
    cause: 'The forge does not answer, refuses the credentials, or broke off.',
    remedy:
      'Devices stay as they are and it is tried again. Look at the message; check url, key, token and host key.',
    next: 'retry',
  },
  GATEWAY_MAIN_REFUSED: {
    cause:
      'What was pushed, or stands at the forge, cannot be main: the commit that devices follow is not among its first parents (mostly `git pull` made a merge), or so much hangs behind it that no mend could be judged.',
    remedy:
      '`git pull --rebase`, and push again; or `towline trust mend --tree HEAD`, which makes the merge the other way round, and push that. Where the forge has taken the merge: `git pull --ff-only`, then `towline trust mend --anchor COMMIT --tree HEAD`, with the commit that devices follow.',
    next: 'person',
  },
  GATEWAY_UPSTREAM_REWOUND: {
    cause: "The forge's branch was rewound, or rewritten: it does not descend from main of fleet.git.",
    remedy:
      'Devices never go back. Put the commits back at the forge, and go on from there; `git revert` undoes what they did.',
    next: 'wait-commit',
  },
  GATEWAY_UPSTREAM_GARBAGE: {
    cause: 'What the forge sent is damaged, not well formed, incomplete or too large. None of it was kept.',
    remedy:
      'Run `git fsck --strict` on a clone of the forge; raise `upstream.maxBytes` if the fetch is right.',
    next: 'retry',
  },
  GATEWAY_UPSTREAM_PUSH_FAILED: {
    cause: 'fleet-status or refs/towline/* could not be sent to the forge.',
    remedy:
      'It is tried again. The key or token needs to write these refs; branch protection must leave them out.',
    next: 'retry',
  },
  GATEWAY_UPSTREAM_IS_SOURCE: {
    cause: 'fleet.git mirrors a forge: main comes from there and is not pushed here.',
    remedy: 'Push to the forge; the gateway follows within `upstream.interval`, with a webhook at once.',
    next: 'person',
  },
  GATEWAY_WEBHOOK_REFUSED: {
    cause: 'A webhook bears no signature, or one that the secret in `webhookSecretFile` did not make.',
    remedy:
      'Enter the same secret at the forge, without a line break, and the content type application/json.',
    next: 'person',
    httpStatus: 403,
  },
});
