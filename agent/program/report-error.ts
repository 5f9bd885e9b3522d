/** How the agent's program shows an error: code, message, remedy. */
import { isTowlineError } from '../../core/errors.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { agentExitCode } from '../pass/exit-code.ts';

/**
 * Says what went wrong, on standard error.
 * @param json as one JSON object, in the form of `towline`'s errors
 * @returns the exit code
 * @throws what is none of our errors
 */
export function failWith(error: unknown, json = false): number {
  if (!isTowlineError(error)) throw error;
  const { code, message, remedy } = error;
  process.stderr.write(
    json
      ? `${shownJson({ error: { code, message, remedy } })}\n`
      : `${code} ${printable(message)}\n${remedy}\n`,
  );
  if (code === 'AGENT_GATEWAY_UNREACHABLE') return agentExitCode.unreachable;
  const usage =
    error.code === 'AGENT_CONFIG' ||
    error.code === 'AGENT_STATE_LOCKED' ||
    error.code === 'AGENT_KEYS' ||
    error.code === 'ENROLMENT_TOKEN_MALFORMED';
  return usage ? agentExitCode.usage : agentExitCode.failed;
}
