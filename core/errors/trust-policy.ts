import { defineErrors } from './definition.ts';

/** Verdicts on a policy and its changes, and on timestamps (docs/trust.md). */
export const trustPolicyErrors = defineErrors({
  TRUST_POLICY_INVALID: {
    cause:
      'trust/policy.yaml is missing, does not satisfy its schema, names a role or principal that does not exist, or changes the name of the fleet.',
    remedy: 'Correct the policy, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_WALK: {
    cause:
      'A change of trust/policy.yaml lowers `walk`, or raises it before every device has an agent that knows it.',
    remedy:
      'Keep `walk` at least as it is. To raise it: first update the agents (`towline status --json` shows what each knows, as `agent.walk`), then raise it.',
    next: 'wait-commit',
  },
  TRUST_POLICY_TIME: {
    cause: 'The `time` that trust/policy.yaml sets lies before the last change of trust/.',
    remedy: 'Set `time` to the present moment (`date -u +%FT%TZ`), then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_WALK_UNKNOWN: {
    cause: 'The policy in that commit asks for rules (`walk`) that this version of Towline does not know.',
    remedy:
      'Update the agent (the gateway, the command): what runs keeps running until then, and the walk goes on by itself after it.',
    next: 'wait-commit',
  },
  TRUST_POLICY_VERSION: {
    cause: 'A change below trust/ does not raise the version of the policy by one.',
    remedy: 'Raise `version` in trust/policy.yaml by one, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_KEY: {
    cause:
      'A key of the policy cannot be read, is too weak, cannot sign, or (from `walk: 2` on) is not in its one spelling: a number with a needless zero, other base64.',
    remedy: 'Export the key again (`gpg --export --armor`), or use another one; then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_SHARED_KEY: {
    cause:
      'One key stands under two principals of the policy; from `walk: 2` on whatever its form: OpenPGP or SSH, another date, exponent or sign.',
    remedy: 'Give each principal keys of their own, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_FORGE_KEY: {
    cause:
      'The policy names a key with which a forge signs what its buttons make; whoever owns the forge would own the fleet.',
    remedy: 'Remove the key. Use approvals with the merge buttons (docs/trust.md).',
    next: 'wait-commit',
  },
  TRUST_POLICY_DEVICE_KEY: {
    cause:
      'The policy names a key that the file of a device names, too (from `walk: 2` on in whatever form); whoever steals the device would own the fleet.',
    remedy: 'Remove the key from the policy, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_PASSKEY: {
    cause:
      'The policy gives a passkey more than a passkey may have: a rule with `passkeys: true` that is not narrow (whole files, `trust/`, `operators/`, access, of rollouts more than stage and pause), a principal with passkeys alone in root or by a rule without `passkeys: true`, no `webauthn` origin for it, or a key that is a passkey and another key, too.',
    remedy:
      'Give the rule `only` or `change` as [docs/trust.md](../trust.md#passkeys) lists them, or the principal another key for the rest; a passkey for login and one for signing are two. Then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_POLICY_THRESHOLD: {
    cause:
      'A role of the policy has fewer principals with keys valid at line time than its threshold asks for.',
    remedy: 'Add principals or lower the threshold; then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_ROOT_CHANGE: {
    cause:
      'Principals, keys or threshold of root change, and too few of those who are root after it have vouched for it: the old root alone cannot hand over.',
    remedy:
      'First `towline trust mend`: main is as before. Then the change again on a branch, where as many as the new threshold asks `towline approve` it, and merge.',
    next: 'wait-commit',
  },
  TRUST_TIMESTAMP: {
    cause:
      'The statement on refs/towline/timestamp is none, is not signed by a principal of the role timestamp, or is for another fleet.',
    remedy:
      'Name the key of the bot that runs `towline timestamp` in the policy, under a principal of the role timestamp; let it sign with that key (`--key`), and for this fleet.',
    next: 'retry',
  },
  TRUST_IMAGES: {
    cause:
      'trust/images.yaml, which says whose signatures images must have, has a rule that means nothing: a key that is none, a file that is not there, both `keys` and `keyless` or neither, or nobody who says when a signature was made. Devices take no commit in which it stands.',
    remedy: 'Correct the rule that the message names.',
    next: 'wait-commit',
  },
  TRUST_IMAGES_UNUSED: {
    cause:
      'A rule in trust/images.yaml names repositories of which no release has an image. It is a warning: the name may be mistyped, and its images may be held to another rule.',
    remedy: 'Correct the name, with the registry before it, or remove the rule.',
    next: 'wait-commit',
  },
  IMAGE_UNSIGNED: {
    cause:
      'An image has no signature where a rule in trust/images.yaml asks for one: there is none at the registry, the release was made before the rule was, or another rule was asked then.',
    remedy: 'Sign the image (`cosign sign`) and make a new release by `towline release APP VERSION`.',
    next: 'wait-commit',
  },
  IMAGE_PUBLISHER_UNKNOWN: {
    cause: 'No rule in trust/images.yaml names the repository of an image, and its `default` is `refuse`.',
    remedy: 'Take the image from a repository that a rule names, or have root add a rule for it.',
    next: 'wait-commit',
  },
  IMAGE_SIGNATURE_KEY: {
    cause: 'An image is signed, and by none of the keys that its rule in trust/images.yaml names.',
    remedy: 'Sign it with the publisher’s key; or have root put the new key of the publisher into the rule.',
    next: 'wait-commit',
  },
  IMAGE_SIGNATURE_IDENTITY: {
    cause:
      'The certificate that an image is signed with was given to somebody else, by somebody else, or by an authority that the rule does not name; or no log and no authority that it names says when the signature was made.',
    remedy: 'Sign it by the workflow that the rule names, or have root correct the rule.',
    next: 'person',
  },
  IMAGE_SIGNATURE_EXPIRED: {
    cause: 'The certificate that an image is signed with was not valid at the time at which it was signed.',
    remedy: 'Sign the image anew.',
    next: 'person',
  },
  IMAGE_SIGNATURE_DIGEST: {
    cause:
      'The publisher has signed another image than the one that is pinned: the tag was moved, or one platform was signed and not the index of all.',
    remedy: 'Sign what the tag leads to by its digest (`cosign sign REPOSITORY@sha256:…`).',
    next: 'wait-commit',
  },
  IMAGE_SIGNATURE_REPOSITORY: {
    cause: 'The publisher has signed the image under the name of another repository.',
    remedy:
      'Sign it where it lies; an image that was copied there needs a signature of its own, or take it from where it came.',
    next: 'wait-commit',
  },
  IMAGE_SIGNATURE_MALFORMED: {
    cause: 'What stands where the signature of an image should be is none, is too large, or names no image.',
    remedy: 'Sign the image anew by a common version of cosign.',
    next: 'person',
  },
});
