/** The signature of Standard Webhooks (https://www.standardwebhooks.com, symmetric): three headers of each message. */
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

export interface SignedHook {
  readonly id: string;
  /** Of this try, milliseconds since the epoch: a receiver may refuse one that is old. */
  readonly nowMs: number;
  readonly body: string;
}

/** @param secret `whsec_` and base64, or any text as its bytes */
export function webhookHeaders(
  { id, nowMs, body }: SignedHook,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const named = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return named;
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...named, 'webhook-signature': `v1,${signature}` };
}
