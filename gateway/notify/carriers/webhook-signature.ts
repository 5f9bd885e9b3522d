/** The signature of Standard Webhooks (https://www.standardwebhooks.com, symmetric): three headers of each message. */
import { createHmac } from 'node:crypto';
import { TowlineError } from '../../../core/errors.ts';
import { readSecretFile } from '../../sinks/settings/secret-file.ts';

const prefix = 'whsec_';
/** A key of fewer bytes is none; the specification asks for 24. */
const leastKeyBytes = 16;

export interface SignedHook {
  readonly id: string;
  /** Of this try, milliseconds since the epoch: a receiver may refuse one that is old. */
  readonly nowMs: number;
  readonly body: string;
}

/** @throws TowlineError TELEMETRY_SINK_FILE, also where what stands behind `whsec_` is no key */
export async function readHookSecret(file: string): Promise<string> {
  const secret = await readSecretFile(file);
  const text = secret.slice(prefix.length);
  const isKey = /^[A-Za-z0-9+/]+=*$/.test(text) && Buffer.from(text, 'base64').length >= leastKeyBytes;
  if (secret.startsWith(prefix) && !isKey)
    throw new TowlineError(
      'TELEMETRY_SINK_FILE',
      `${file} cannot be used: behind ${prefix} stand no ${leastKeyBytes} bytes in base64`,
    );
  return secret;
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
