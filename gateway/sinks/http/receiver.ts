/** Where a sink of HTTP sends to, as gateway.yaml has it. */

import { parseDuration } from '../../../core/duration.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { SinkTls } from '../../../schemas/types.generated.ts';
import { readSecretFile } from '../settings/secret-file.ts';

/** What the kinds of sinks that speak HTTP have in common. */
export interface HttpReceiver {
  readonly url: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  /** Header → file with its value. */
  readonly headerFiles?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  readonly tls?: SinkTls;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** What must stand in no log. */
  readonly secrets: readonly string[];
}

/** @param place in gateway.yaml, such as `sinks.loki`. @throws TowlineError GATEWAY_CONFIG_INVALID where its keys do not go together */
export function checkReceiver(receiver: HttpReceiver, place: string): void {
  const { url, username, passwordFile, tokenFile, tls } = receiver;
  if ((username === undefined) !== (passwordFile === undefined))
    throw invalid(place, '`username` and `passwordFile` go together');
  if (tokenFile !== undefined && username !== undefined)
    throw invalid(place, 'either `tokenFile`, or `username` and `passwordFile`');
  if (tls !== undefined && !url.startsWith('https:')) throw invalid(place, '`tls` is for a url with https');
  if ((tls?.certificate === undefined) !== (tls?.key === undefined))
    throw invalid(place, '`tls.certificate` and `tls.key` go together');
  if (!URL.canParse(url)) throw invalid(place, '`url` is none');
}

export function timeoutOf({ timeout = '30s' }: HttpReceiver): number {
  return Math.max(100, parseDuration(timeout));
}

/** @throws TowlineError TELEMETRY_SINK_FILE */
export async function readCredentials(receiver: HttpReceiver): Promise<Credentials> {
  const secrets: string[] = [];
  const headers: Record<string, string> = {};
  for (const [name, file] of Object.entries(receiver.headerFiles ?? {})) {
    const value = await readSecretFile(file);
    headers[name.toLowerCase()] = value;
    // Also without the word that says which kind of key it is.
    secrets.push(value, value.slice(value.lastIndexOf(' ') + 1));
  }
  const { username, passwordFile, tokenFile } = receiver;
  if (tokenFile !== undefined) {
    const token = await readSecretFile(tokenFile);
    headers.authorization = `Bearer ${token}`;
    secrets.push(token);
  } else if (username !== undefined && passwordFile !== undefined) {
    const password = await readSecretFile(passwordFile);
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    headers.authorization = `Basic ${basic}`;
    secrets.push(password, basic);
  }
  return { headers, secrets };
}

function invalid(place: string, message: string): TowlineError {
  return new TowlineError('GATEWAY_CONFIG_INVALID', `${place}: ${message}`);
}
