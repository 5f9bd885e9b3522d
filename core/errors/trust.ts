import { defineErrors } from './definition.ts';

/** Verdicts of the object reader, the signatures and the walk (docs/trust.md). */
export const trustErrors = defineErrors({
  TRUST_OBJECT_MISSING: {
    cause:
      'A git object that the walk needs is not in the store: a fetch was cut off, or the clone is shallow.',
    remedy:
      'Fetch again; a device makes a fresh store by itself. In a partial clone (`git clone --filter`): `git fetch --refetch --no-filter origin`.',
    next: 'retry',
  },
  TRUST_OBJECT_HASH: {
    cause: 'The bytes of a git object do not give its id: the store is damaged, or somebody changed it.',
    remedy: 'Fetch into a fresh store; a device does so by itself. Look at the disk when it happens again.',
    next: 'retry',
  },
  TRUST_OBJECT_SOURCE: {
    cause: 'git could not be asked for objects: no repository there, git is missing, or it ended.',
    remedy: 'Check the path and that git runs there: `git -C PATH fsck --connectivity-only`.',
    next: 'person',
  },
  TRUST_MALFORMED_OBJECT: {
    cause:
      'A commit or tree is not as git writes it, or has an entry that fleets may not have: a symbolic link, a submodule, a name twice, names that differ only by case, another Unicode form, control characters.',
    remedy: 'Make the commit again without it, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_COMMIT_HEADER: {
    cause:
      'The commit has a header that git itself does not write (`change-id` of Jujutsu and GitButler, `HG:…` of hg-git), and the policy before it is of walk 1, whose agents cannot read such a commit.',
    remedy:
      'Jujutsu: `jj config set --repo git.write-change-id-header false`, then write the commit again (`jj metaedit --update-committer-timestamp`; before 0.34 `jj describe`). GitButler, hg-git: commit on main with git. Where it is on main already, `towline trust mend`. Or raise `walk` to 2 first: then it is taken.',
    next: 'wait-commit',
  },
  TRUST_NOT_A_COMMIT: {
    cause: 'The id, or the branch main, names something that is not a commit, such as a tag.',
    remedy: 'Point main to a commit.',
    next: 'wait-commit',
  },
  TRUST_LIMIT: {
    cause: 'An object, a change or a whole fetch is larger than the limits of docs/trust.md.',
    remedy: 'Split the change, or keep large files out of the fleet repository, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_NOT_A_DESCENDANT: {
    cause:
      'main contains neither the trusted commit nor its history under another id: it was rewound, or another history is shown (rollback).',
    remedy:
      'Push a history that contains the trusted commit, or `towline trust mend --join COMMIT`. If nobody rewound main, treat the forge as compromised.',
    next: 'wait-commit',
  },
  TRUST_OFF_THE_LINE: {
    cause:
      'main contains the trusted commit, but not among its first parents; mostly `git pull` made a merge.',
    remedy:
      '`towline trust mend --anchor COMMIT --tree HEAD` makes a merge whose first parent is COMMIT: the one that devices trust (their status names it).',
    next: 'wait-commit',
  },
  TRUST_MERGE: {
    cause:
      'A merge brings in a commit that devices may have accepted from an earlier one, and says otherwise at a path where the signer of the merge had no say by then.',
    remedy:
      "Have somebody sign the merge who may change that path, or root; or bring the branch in without a merge: `git rebase`, or the forge's squash button. Where it is on main already: `towline trust mend`, signed by somebody who may, or from the commit that it merges, `towline trust mend --anchor COMMIT`.",
    next: 'wait-commit',
  },
  TRUST_UNSIGNED: {
    cause: 'The commit has no signature, and no approvals vouch for its change.',
    remedy:
      'On a branch or pull request: have it approved (`towline approve`), or sign its commits (`git config commit.gpgsign true`). Where it is on main already: `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_BAD_SIGNATURE: {
    cause: 'The signature does not fit the commit, or was made before its key existed.',
    remedy: 'Find out who changed the commit after it was signed; then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_SIGNATURE_FORMAT: {
    cause:
      'The signature is none that Towline reads (OpenPGP version 4 or SSH), is damaged, or is several in one.',
    remedy: 'Sign with gpg or ssh-keygen through git, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_WEAK_SIGNATURE: {
    cause:
      'The signature uses a hash or key that is no longer safe: MD5, SHA-1, RIPEMD, DSA, RSA below 2048 bits.',
    remedy: 'Sign with SHA-256 or better and a modern key, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_PASSKEY_SIGNATURE: {
    cause:
      'A passkey of the policy has signed, but not so that it counts: on a page whose origin the policy does not name, for other bytes, at login, without touch or verification, with extensions, in another form than browsers write, on a merge, or on anything but a commit of main.',
    remedy:
      'Sign again on a page that `webauthn.origins` of the policy names, or with a key from a clone; approvals and merges are signed from a clone. Then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_PATCH: {
    cause:
      'The file is no patch as a portal makes it to take away, is damaged, too large, or brings another commit or other objects than it says.',
    remedy: 'Download it again from the page that shows the change, and compare the fingerprint.',
    next: 'person',
  },
  TRUST_UNKNOWN_KEY: {
    cause: 'The commit is signed with a key that is not in the policy of the commit before it.',
    remedy:
      'Sign with a key of the policy, or add the key to it first; then `towline trust mend`. With an SSH certificate: `git config user.signingkey` names the public key, not the file that ends in `-cert.pub`.',
    next: 'wait-commit',
  },
  TRUST_KEY_EXPIRED: {
    cause: 'The signing key had expired at line time.',
    remedy:
      'Extend the key and put it into trust/keys (docs/trust.md, key rotation), then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_KEY_REVOKED: {
    cause: 'The signing key is revoked in the policy of the commit before.',
    remedy: 'Sign with another key of the policy, then `towline trust mend`. Ask why a revoked key signs.',
    next: 'wait-commit',
  },
  TRUST_SIGNATURE_EXPIRED: {
    cause: 'The signature itself carries an expiry that lies before line time.',
    remedy: 'Sign without expiry, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_NOT_FOR_MAIN: {
    cause:
      'The signed message does not carry `Towline-Ref: <fleet>/main` once in its final trailer block: it may be a draft.',
    remedy:
      'Install the hooks (`towline trust hooks`), commit again with the trailer, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_WRONG_PATH: {
    cause: 'Those who vouched are known, but the policy does not let them change this path.',
    remedy:
      'Have the change approved by those named as missing; where it is on main already, `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_THRESHOLD: {
    cause: 'Fewer people vouched for this path than the policy asks for.',
    remedy:
      'Collect the missing approvals (`towline approve`); where it is on main already, `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_RELEASE_CHANGED: {
    cause: 'A commit changes a release that was accepted: other than its notes, and whether it is withdrawn.',
    remedy:
      'Undo it (`git checkout COMMIT -- apps/APP/releases/VERSION`), and make a new version: `towline release`. On main already: `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_EMPTY_STEP: {
    cause: 'A commit that changes nothing is not signed by a principal.',
    remedy: 'Sign it, or leave it out; then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_FIELD_FILE: {
    cause:
      'A rule by field covers the file, but the file cannot be judged by field: it uses anchors, tags, merge keys, directives, duplicate or non-string keys, or does not satisfy its schema.',
    remedy: 'Write the file plainly, or have the change vouched by those who may change the whole file.',
    next: 'wait-commit',
  },
  TRUST_TIME_BACKWARDS: {
    cause: 'The signed time lies more than 10 minutes before line time.',
    remedy: 'Set the clock of the machine that signs, commit again, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_TIME_FUTURE: {
    cause:
      'The signed time lies more than ten minutes after the clock of the machine that checks, or that is asked to sign.',
    remedy:
      'Set the clock of the machine that signs. Accepted by devices, such a commit would make keys expire early.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_MALFORMED: {
    cause:
      'A file below approvals/ is no approval: its name, statement or signature does not have the form of docs/trust.md.',
    remedy: 'Remove the file; write approvals with `towline approve`. Then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_REPLAYED: {
    cause: 'An approval that an earlier step has used is changed, renamed or used again.',
    remedy: 'Make a new approval with `towline approve`, then `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_OTHER_CHANGE: {
    cause:
      'The approval states another change than the step makes: something was added after it was given, or it came before its change.',
    remedy: '`towline approve --refresh`, then push again or `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_EXPIRED: {
    cause: 'The approval had expired at line time.',
    remedy: '`towline approve --refresh`, then push again or `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_POLICY: {
    cause: 'The approval was given under another version of the policy.',
    remedy: '`towline approve --refresh`, then push again or `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_OTHER_LINE: {
    cause:
      'The approval is for another fleet or branch, or its base is not on the line of the trusted commit.',
    remedy: '`towline approve --refresh` on top of main, then push again or `towline trust mend`.',
    next: 'wait-commit',
  },
  TRUST_APPROVAL_PRUNED_EARLY: {
    cause: 'An approval is removed that is still valid; once removed it could be used a second time.',
    remedy: 'Leave it until it has expired or the policy version has moved on; then `towline trust mend`.',
    next: 'wait-commit',
  },
});
