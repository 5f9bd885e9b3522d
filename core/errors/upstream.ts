import { defineErrors } from './definition.ts';

/** What stands between a gateway and the git host that it follows or forwards to. */
export const upstreamErrors = defineErrors({
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
