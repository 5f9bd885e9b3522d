/** The git hooks of a fleet repository: the trailer on branch main, and a check before a push. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from '../desk/git.ts';

const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The branch that a commit goes to, also while a rebase has taken HEAD off it. On main the trailer is there once;
 * elsewhere it is taken away: a draft must not be one that a forge could fast-forward main to.
 */
const trailer = (fleet: string) => `#!/bin/sh
# Installed by towline. On main: Towline-Ref, once, in the last block of the message. Elsewhere: never.
head=$(git symbolic-ref -q HEAD) ||
  head=$(cat "$(git rev-parse --git-path rebase-merge/head-name)" 2>/dev/null) ||
  head=$(cat "$(git rev-parse --git-path rebase-apply/head-name)" 2>/dev/null)
case "$(basename "$0")" in
  # An editor comes up next: the message is not written yet, commit-msg follows.
  prepare-commit-msg) case "\${2-}" in message | merge | squash | commit) ;; *) exit 0 ;; esac ;;
esac
sed -i.towline '/^[Tt][Oo][Ww][Ll][Ii][Nn][Ee]-[Rr][Ee][Ff]:/d' "$1" && rm -f "$1.towline"
[ "$head" = refs/heads/main ] || exit 0
git interpret-trailers --in-place --trailer ${shellQuoted(`Towline-Ref: ${fleet}/main`)} "$1"
`;

const prePush = (towline: string) => `#!/bin/sh
# Installed by towline. What goes to main is valid, and devices would accept it.
towline=${shellQuoted(towline)}
[ -x "$towline" ] || towline=towline
zero=0000000000000000000000000000000000000000
while read -r _local id remote_ref remote; do
  [ "$remote_ref" = refs/heads/main ] || continue
  [ "$id" != "$zero" ] || { echo "towline: main is not to be deleted" >&2; exit 1; }
  "$towline" validate --commit "$id" >&2 || exit 1
  # From this clone's own anchor: what lies on the remote may be the very commit that a mend gets past.
  anchor=$(git config towline.anchor) || anchor=$remote
  [ "$anchor" != "$zero" ] || continue
  git cat-file -e "$anchor^{commit}" 2>/dev/null || { echo "towline: fetch first" >&2; exit 1; }
  # What the remote has is no longer ours to refuse for its date.
  published=$anchor
  git cat-file -e "$remote^{commit}" 2>/dev/null && published=$remote
  "$towline" trust check \${TOWLINE_FORCE:+--force} --repo . --anchor "$anchor" --published "$published" --head "$id" >&2 || exit 1
done
`;

/**
 * Writes the hooks into the repository, over those of the same name.
 * @param towline path of the command, as the check before a push runs it
 */
export async function installHooks(directory: string, fleet: string, towline: string): Promise<string[]> {
  const folder = path.resolve(directory, await git(['rev-parse', '--git-path', 'hooks'], { directory }));
  await mkdir(folder, { recursive: true });
  const hooks = {
    'commit-msg': trailer(fleet),
    'prepare-commit-msg': trailer(fleet),
    'pre-push': prePush(towline),
  };
  for (const [name, text] of Object.entries(hooks)) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), 0o755);
  }
  return Object.keys(hooks);
}
