/**
 * git's `update` hook, which receive-pack asks before it moves a ref of fleet.git. Which refs people may write is a list of
 * what is allowed: anything else under refs/ means something to git (replace, notes) or to this gateway (intake), or will.
 */
import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCode, TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { mainRef, timestampRef } from './served-refs.ts';

/** Hooks for `core.hooksPath`, and what a push to main that they decline is called. */
export interface UpdateHook {
  readonly folder: string;
  readonly code: ErrorCode;
}

/** Names the operator, in the hook's environment, who may only ask: for tunnels, by branches of their own. */
export const requestsVariable = 'TOWLINE_REQUESTS_OF';

/** `$1` is the ref, `$3` what it is to be; zeros delete it. */
const script = (forMain: string) => `#!/bin/sh
refuse() { printf '%s\\n' "$1" >&2; exit 1; }
if [ -n "\${${requestsVariable}-}" ]; then
  case "$1" in
    "refs/heads/requests/$${requestsVariable}/"?*) ;;
    *) refuse "GATEWAY_PUSH_REF_FORBIDDEN $1: $${requestsVariable} pushes branches requests/$${requestsVariable}/* alone" ;;
  esac
fi
no_ref="GATEWAY_PUSH_REF_FORBIDDEN $1: operators push branches, tags and ${timestampRef}"
case "$1" in
  ${mainRef})
    ${forMain} ;;
  ${timestampRef})
    case "$3" in *[!0]*) ;; *) refuse "GATEWAY_PUSH_REF_FORBIDDEN $1 is not deleted: devices would become stale" ;; esac
    test "$(git cat-file -t "$3")" = commit || refuse "GATEWAY_PUSH_REF_FORBIDDEN $1 is a signed commit" ;;
  refs/heads/HEAD | refs/heads/*_HEAD | refs/heads/refs/* | refs/heads/-*) refuse "$no_ref" ;;
  refs/heads/* | refs/tags/*) ;;
  *) refuse "$no_ref" ;;
esac
exit 0
`;

/**
 * @param folder made if it is not there.
 * @param forMain a command of sh that decides about main: `refuse "why"`, or one whose exit code counts after `exec`.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE where nothing there may be executed: git would pass over the hook.
 */
export async function writeUpdateHook(folder: string, forMain: string): Promise<void> {
  const path = join(folder, 'update');
  await writeDurably(path, script(forMain), { mode: 0o700 });
  await chmod(path, 0o700);
  await access(path, constants.X_OK).catch((cause: unknown) => {
    throw new TowlineError(
      'GATEWAY_STATE_UNUSABLE',
      `${path} cannot be executed: is its file system noexec?`,
      { cause },
    );
  });
}
