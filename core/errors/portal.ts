import { defineErrors } from './definition.ts';

/** The page and its API: who is asked, and how. */
export const portalErrors = defineErrors({
  PORTAL_NOT_FOUND: {
    cause:
      'There is no such page, device, app, rollout or session, or none for this person. Which of them is not told.',
    remedy: 'Look at the name, and at `reads` and `git` of your operator file.',
    next: 'person',
    httpStatus: 404,
  },
  PORTAL_METHOD: {
    cause: 'The address is known, but not with this method of HTTP.',
    remedy: 'Ask as docs/reference/portal-api.md has it.',
    next: 'person',
    httpStatus: 405,
  },
  PORTAL_MALFORMED: {
    cause:
      'The request does not have the form that docs/reference/portal-api.md gives it: the message says where.',
    remedy: 'Reload the page: it may be older than the program that answers.',
    next: 'person',
    httpStatus: 400,
  },
  PORTAL_TOO_LARGE: {
    cause: 'An address is longer than 8 KiB, or a body than 64 KiB.',
    remedy: 'Ask for less at once.',
    next: 'person',
    httpStatus: 413,
  },
  PORTAL_LOGIN_NEEDED: {
    cause:
      'Nobody is logged in here, or not any more: a login is for 8 hours, and ends with the operator’s file, or with the key in it by which it was.',
    remedy: 'Log in again. At your desk: press Enter where `towline portal` runs, and open the new address.',
    next: 'person',
    httpStatus: 401,
  },
  PORTAL_LOGIN_REFUSED: {
    cause:
      'What was shown to log in proves no operator of this fleet: the message says why. A challenge is good once, for two minutes, and for one address.',
    remedy: 'Begin the login again, with a key or a passkey that stands in your operator file.',
    next: 'person',
    httpStatus: 403,
  },
  PORTAL_LOGIN_NOT_OFFERED: {
    cause: 'This way of logging in is not set up here.',
    remedy: 'Use one that the page shows, or have the gateway’s owner set it up in `listen.portal`.',
    next: 'person',
    httpStatus: 404,
  },
  PORTAL_FOREIGN_HOST: {
    cause:
      'The request came for another name than the page’s own: a name that somebody points at this machine, or a proxy that does not hand on `Host`.',
    remedy:
      'Open the address as it was printed. Behind a proxy: have it pass the Host of `listen.portal.origin` on.',
    next: 'person',
    httpStatus: 421,
  },
  PORTAL_FOREIGN_ORIGIN: {
    cause: 'Another page had the browser send this request, or what sent it is no page of the portal.',
    remedy: 'Close the other page, and tell its owner. Programs use git and SSH, not the portal.',
    next: 'person',
    httpStatus: 403,
  },
  PORTAL_BUSY: {
    cause: 'One person, one address, or all together have asked for more than the portal gives at once.',
    remedy: 'Wait for as long as the answer says; close pages that you do not look at.',
    next: 'retry',
    httpStatus: 429,
  },
  PORTAL_LISTEN_FAILED: {
    cause: 'The address of the page cannot be listened on; the message has the reason of the system.',
    remedy: 'Free the port, or choose another.',
    next: 'fatal',
  },
  PORTAL_CLOSING: {
    cause: 'The program that serves the page is ending.',
    remedy: 'Start it again, or wait for its restart.',
    next: 'retry',
    httpStatus: 503,
  },
  PORTAL_FAILED: {
    cause: 'Something unexpected happened while the request was answered; the program’s log has it.',
    remedy: 'Try again. Where it stays so, look at the log of the gateway, or of `towline portal`.',
    next: 'retry',
    httpStatus: 500,
  },
  PORTAL_NOT_READY: {
    cause: 'The portal has not read the fleet’s repository yet, or there is no commit of it that it trusts.',
    remedy: 'Wait some seconds. Where it stays so, see `towline trust check`, or the gateway’s `/healthz`.',
    next: 'retry',
    httpStatus: 503,
  },
  PORTAL_NOTHING_TO_CHANGE: {
    cause: 'Main has all of what was asked for already.',
    remedy: 'Reload the page: it may show an older main.',
    next: 'person',
    httpStatus: 409,
  },
  PORTAL_CHANGE_STATE: {
    cause: 'The change was signed, refused or replaced by another one meanwhile, in this page or in another.',
    remedy: 'Look at the change again: it says what became of it. Ask for it anew where it is over.',
    next: 'person',
    httpStatus: 409,
  },
  PORTAL_WAY_CLOSED: {
    cause:
      'This way of signing is not open to this person, for this change, from here: the message says why.',
    remedy:
      'Take another way that the page shows, or take the patch away: `towline sign FILE` signs it at a desk.',
    next: 'person',
    httpStatus: 403,
  },
  PORTAL_NOT_SIGNED: {
    cause: 'Nobody said yes where the portal was started, or they said no. Nothing was signed.',
    remedy:
      'Ask again, compare the fingerprint in the terminal with the one on the page, and answer `y` there.',
    next: 'person',
    httpStatus: 409,
  },
  PORTAL_SIGNATURE_REFUSED: {
    cause:
      'What came is no signature of the commit that was shown, or devices would not take it: the message says why.',
    remedy: 'Sign again, with a passkey for signing that the policy names, on the page of the portal itself.',
    next: 'person',
    httpStatus: 403,
  },
  PORTAL_SESSION_ELSEWHERE: {
    cause:
      'What was asked for cannot be done from this page: a gateway has no key that opens a recording, and nobody’s with which to look on at a session.',
    remedy: 'At your own desk: `towline portal` does it, and so does the command that the message has.',
    next: 'person',
    httpStatus: 409,
  },
  CLI_PATCH_OUTDATED: {
    cause: 'main has moved since the page made the patch, which is one exact commit on top of what main was.',
    remedy: 'Make the change on the page again, on main as it is now, and take the new patch away.',
    next: 'person',
  },
});
