/**
 * `now DEVICE…`: devices are told to look now, and do not wait for their schedule. A line of JSON for each: `rung`, or why not.
 * It carries nothing: what a device then does is what main says.
 */
import { once } from 'node:events';
import type { ErrorCode } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import type { PeopleConnection } from './people-connection.ts';

/** In one question. */
const mostNamed = 500;
/** @returns undefined: it is another command */
export function nowAsked(command: string): readonly string[] | undefined {
  const [name, ...words] = command.split(' ').filter(word => word !== '');
  return name === 'now' ? [...new Set(words)] : undefined;
}

interface Word {
  readonly device: string;
  readonly state: 'rung' | 'not-listening' | 'too-often' | 'refused';
  readonly retryAfterSec?: number;
  readonly code?: ErrorCode;
}

/** @returns what to refuse it with, or undefined when it has ended */
export async function serveNow(
  person: PeopleConnection,
  stream: ChannelStream,
  devices: readonly string[],
): Promise<string | undefined> {
  if (devices.length === 0 || devices.length > mostNamed) return `now DEVICE…: 1 to ${mostNamed} devices`;
  stream.resume();
  const counts = { rung: 0, 'not-listening': 0, 'too-often': 0, refused: 0 };
  for (const device of devices) {
    const word = ring(person, device);
    counts[word.state] += 1;
    if (!stream.write(`${JSON.stringify(word)}\n`)) await once(stream, 'drain', { signal: person.signal });
  }
  // Nothing came of it, and who floods the gateway floods not the log.
  if (counts['too-often'] === devices.length) return undefined;
  const outcome = counts.refused === devices.length ? 'refused' : 'allowed';
  const [only] = devices;
  const action = devices.length === 1 ? `now ${only?.slice(0, 253)}` : 'now';
  person.audit({ action, outcome, details: { devices: devices.length, ...counts } });
  return undefined;
}

function ring(person: PeopleConnection, id: string): Word {
  const device = id.slice(0, 63);
  const retryAfterSec = person.services.bell.ask(person.name);
  if (retryAfterSec > 0) return { device, state: 'too-often', retryAfterSec };
  const admission = person.admit({ kind: 'ring', device: id });
  if (!admission.allowed) return { device, state: 'refused', code: admission.code };
  const rung = person.services.bell.ring(id);
  if (typeof rung === 'object') return { device, state: 'too-often', ...rung };
  return { device, state: rung ? 'rung' : 'not-listening' };
}
