import { defineErrors } from './definition.ts';

/** How a device comes into the fleet: token, statement, fingerprint. */
export const enrolmentErrors = defineErrors({
  ENROLMENT_TOKEN_MALFORMED: {
    cause: 'The text is not an enrolment token, or a part of it was lost on the way.',
    remedy: 'Copy the whole token once more, or make a new one with `towline device add`.',
    next: 'person',
  },
  ENROLMENT_TOKEN_EXPIRED: {
    cause: 'The token is older than the device’s file allows.',
    remedy: 'Make a new one with `towline device add ID --renew`, and merge that change.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_TOKEN_USED: {
    cause: 'A token re-anchors a device once, and this one has done so.',
    remedy: 'Make a new one with `towline device add ID --re-anchor`, and find out who has kept the old one.',
    next: 'person',
  },
  ENROLMENT_STATEMENT_MALFORMED: {
    cause: 'What claims to be an enrolment statement has not its form, or holds a key of a wrong kind.',
    remedy: 'Enrol the device again with its token.',
    next: 'person',
    httpStatus: 400,
  },
  ENROLMENT_SIGNATURE: {
    cause: 'The statement is not signed by the one-time key that the device’s file names.',
    remedy: 'Somebody without the token tries to enrol this device. Make a new token and find out who.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_NOT_EXPECTED: {
    cause: 'The fleet has no such device, or its file waits for no enrolment.',
    remedy: 'Run `towline device add ID` and merge the change, then enrol.',
    next: 'person',
    httpStatus: 403,
  },
  ENROLMENT_TWICE: {
    cause: 'Two different statements came for one token: it is known to somebody else.',
    remedy: 'Make a new token with `towline device add ID --renew`. Accept neither statement.',
    next: 'person',
    httpStatus: 409,
  },
  ENROLMENT_FINGERPRINT: {
    cause: 'The fingerprint that was typed is not that of the statement.',
    remedy:
      'Read it once more from the device itself. If it still differs, the keys are not the device’s: do not accept.',
    next: 'person',
  },
});
