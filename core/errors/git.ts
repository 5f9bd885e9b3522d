import { defineErrors } from './definition.ts';

/** Transport and storage of git objects. */
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
});
