/** What brings messages to a receiver: an address that is posted to, or a mail server. */
import type { NumberedTransition } from '../../transitions/transition.ts';
import type { Message } from '../messages/message.ts';

export interface Carrier {
  /** For a person: a host, never a secret. */
  readonly where: string;
  /** That go at once. */
  readonly maxBatch: number;
  /** Whether many devices are told as one: not where the receiver groups by itself. */
  readonly folds: boolean;
  /**
   * @returns what it answered, for a person
   * @throws TowlineError TELEMETRY_BATCH_REFUSED: never; TELEMETRY_RECEIVER_BUSY (`details.retryAfterMs` where it
   *   names a time), TELEMETRY_RECEIVER_DENIES, TELEMETRY_RECEIVER_UNREACHABLE, TELEMETRY_SINK_FILE: later
   */
  send(messages: readonly Message[], signal: AbortSignal): Promise<string>;
  /** How often it is told again what is open, milliseconds: a receiver that forgets by itself. */
  readonly resendMs?: number | undefined;
  resend?(open: readonly NumberedTransition[], signal: AbortSignal): Promise<void>;
  /** SIGHUP: secrets and certificates are read anew. */
  forget(): void;
  close(): void;
}
