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

/** In its environment the hook finds whose requests a push may bring: then it may bring nothing else. */
export const requestsVariable = 'TOWLINE_REQUESTS_OF';
/** Branches that one person may have there. */
const maxRequests = 16;
const requestsFull: ErrorCode = 'GATEWAY_REQUESTS_FULL';

/** For a person who may ask and no more: an operator's name, which a schema has seen, is no pattern. */
const forRequests = `
own=$${requestsVariable}
if test -n "$own"; then
  name=\${1#refs/heads/requests/$own/}
  no_request="GATEWAY_PUSH_REF_FORBIDDEN $1: $own pushes branches requests/$own/* alone"
  test "$name" != "$1" || refuse "$no_request"
  case "$name" in '' | -* | .* | *[!A-Za-z0-9._-]*) refuse "$no_request, by letters, digits, dots and dashes" ;; esac
  test \${#name} -le 100 || refuse "$no_request, by at most 100 characters"
  case "$3" in *[!0]*) ;; *) exit 0 ;; esac
  test "$(git cat-file -t "$3")" = commit || refuse "$no_request, and a request is a commit"
  case "$2" in *[!0]*) exit 0 ;; esac
  count=$(git for-each-ref --count=${maxRequests} --format=x "refs/heads/requests/$own/" | wc -l)
  test "$count" -lt ${maxRequests} || refuse "${requestsFull} $own has ${maxRequests} requests: delete those that are answered"
  exit 0
fi
`;

/** `$1` is the ref, `$2` what it was, `$3` what it is to be; zeros: nothing. */
const script = (forMain: string) => `#!/bin/sh
refuse() { printf '%s\\n' "$1" >&2; exit 1; }
${forRequests.trim()}
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
