/** What the git hooks of a fleet repository do: the trailer on branch main, and a check before a push. */
import { intentTrailer } from '../../core/trust/step/intent.ts';

export const hookMark = '# Installed by towline.';

/** Where a hook looks for the one that git ran before it was there; undefined where there was none. */
export type KeptHook = 'none' | 'folder';

export const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The folder in which git looked before: as the clone says it, else as the person or the machine does, else the
 * clone's own. Asked each time: a company moves its hooks, and people change their settings.
 */
const keptFolder = `kept=$(git config --type=path towline.hooksPath) ||
  kept=$(git config --type=path --get-all core.hooksPath | grep -vxF "$(dirname "$0")" | tail -n 1)
[ -n "$kept" ] || kept=$(git rev-parse --git-common-dir)/hooks
`;

const callKept = (name: string) => `${keptFolder}kept=$kept/${name}
[ ! -f "$kept" ] || [ ! -x "$kept" ] || "$kept" "$@" || exit
`;

/** A hook that does nothing but what was done before. */
export const passedOn = (name: string) => `#!/bin/sh
${hookMark} git looks here; the hook of this name where it looked before is called.
${callKept(name)}`;

/**
 * The branch that a commit goes to, also while a rebase has taken HEAD off it. On main the trailer is there once;
 * elsewhere it is taken away: a draft must not be one that a forge could fast-forward main to.
 *
 * Devices read it without anybody's settings, so git writes it without any, but for what begins a comment. A line
 * \`---\` is part of the message. Where git's last block has other lines, as by \`cherry-pick -x\`, it gets one of its
 * own: walk 1 takes no other.
 */
export const trailerHook = (name: string, fleet: string, kept: KeptHook) => `#!/bin/sh
${hookMark} On main: Towline-Ref, once, in the last block of the message. Elsewhere: never.
${kept === 'none' ? '' : callKept(name)}${
  name === 'prepare-commit-msg'
    ? `# An editor comes up next: the message is not written yet, commit-msg follows.
case "\${2-}" in message | merge | squash | commit) ;; *) exit 0 ;; esac
`
    : ''
}head=$(git symbolic-ref -q HEAD) ||
  head=$(cat "$(git rev-parse --git-path rebase-merge/head-name)" 2>/dev/null) ||
  head=$(cat "$(git rev-parse --git-path rebase-apply/head-name)" 2>/dev/null)
sed -i.towline '/^[Tt][Oo][Ww][Ll][Ii][Nn][Ee]-[Rr][Ee][Ff][[:blank:]]*:/d' "$1" && rm -f "$1.towline"
[ "$head" = refs/heads/main ] || exit 0
trailer=${shellQuoted(intentTrailer(fleet))}
comment=$(git config core.commentString) || comment=$(git config core.commentChar) || comment='#'
[ "$comment" != auto ] || comment=$(sed -n 's/^\\(.\\) -\\{24\\} >8 -\\{24\\}$/\\1/p' "$1" | head -n 1)
comment=\${comment:-#}
(
  unset GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_WORK_TREE GIT_PREFIX
  export GIT_DIR=/nonexistent/towline GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent
  exec git -c core.commentChar="$comment" interpret-trailers --no-divider --in-place --trailer "$trailer" "$1"
) || exit
awk -v trailer="$trailer" -v comment="$comment" '
  { line[NR] = $0 }
  END {
    for (at = NR; at > 0 && line[at] != trailer; at--);
    for (i = at - 1; i > 0 && line[i] !~ /^[ \\t\\r]*$/; i--)
      if (line[i] !~ /^[A-Za-z0-9-]+[ \\t]*:([ \\t]|$)/ && line[i] !~ /^[ \\t]/ && index(line[i], comment) != 1) other = 1
    for (i = 1; i <= NR; i++) {
      if (i == at && other) print ""
      print line[i]
    }
  }' "$1" >"$1.towline" && cat "$1.towline" >"$1" && rm -f "$1.towline"
`;

/** After whatever may have brought another policy: whose signatures git calls good. Never in the way of git. */
export const signersHook = (name: string, towline: string, kept: KeptHook) => `#!/bin/sh
${hookMark} git log --format=%G? knows the keys of the policy.
policy=$(git rev-parse --verify --quiet HEAD:trust)
signers=$(git rev-parse --git-common-dir)/towline-signers
if [ "# $policy" != "$(head -n 1 "$signers" 2>/dev/null)" ]; then
  towline=${shellQuoted(towline)}
  [ -x "$towline" ] || towline=towline
  "$towline" trust hooks --signers >/dev/null 2>&1 </dev/null
fi
${kept === 'none' ? 'exit 0\n' : callKept(name)}`;

export const prePushHook = (towline: string, kept: KeptHook) => `#!/bin/sh
${hookMark} What goes to main is valid, and devices would accept it.
towline=${shellQuoted(towline)}
[ -x "$towline" ] || towline=towline
zero=0000000000000000000000000000000000000000
updates=$(cat)
given() { [ -z "$updates" ] || printf '%s\\n' "$updates"; }
given | while read -r _local id remote_ref remote; do
  [ "$remote_ref" = refs/heads/main ] || continue
  [ "$id" != "$zero" ] || { echo "towline: main is not to be deleted" >&2; exit 1; }
  # A verb of towline pushes what it made, and has looked at it just now.
  [ "$id" != "\${TOWLINE_CHECKED-}" ] || continue
  # All that is pushed is one change of what the remote has, whatever it is called here.
  base=
  git cat-file -e "$remote^{commit}" 2>/dev/null && base=$remote
  "$towline" validate \${TOWLINE_FORCE:+--allow-downgrade} \${base:+--base "$base"} --commit "$id" >&2 </dev/null || exit 1
  # From this clone's own anchor: what lies on the remote may be the very commit that a mend gets past.
  anchor=$(git config towline.anchor) || anchor=$remote
  [ "$anchor" != "$zero" ] || continue
  git cat-file -e "$anchor^{commit}" 2>/dev/null || { echo "towline: fetch first" >&2; exit 1; }
  # What the remote has is no longer ours to refuse for its date.
  published=\${base:-$anchor}
  "$towline" trust check \${TOWLINE_FORCE:+--force} --repo . --anchor "$anchor" --published "$published" --head "$id" >&2 </dev/null || exit 1
done || exit 1
${
  kept === 'none'
    ? ''
    : `${keptFolder}kept=$kept/pre-push
[ ! -f "$kept" ] || [ ! -x "$kept" ] || given | "$kept" "$@" || exit
`
}`;
