import { type ErrorCode, isTowlineError, type TowlineError } from '../../errors.ts';

/** What says that a history is bad, rather than that it cannot be read. */
const verdicts: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TRUST_MALFORMED_OBJECT',
  'TRUST_COMMIT_HEADER',
  'TRUST_NOT_A_COMMIT',
  'TRUST_LIMIT',
  'TRUST_POLICY_INVALID',
  'TRUST_POLICY_KEY',
  'TRUST_POLICY_PASSKEY',
  'TRUST_WALK_UNKNOWN',
]);

export function isVerdict(error: unknown): error is TowlineError {
  return isTowlineError(error) && verdicts.has(error.code);
}
