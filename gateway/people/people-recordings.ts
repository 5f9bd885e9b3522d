/**
 * `towline-recordings`: which recordings there are, of devices that this person reads. `towline-recordings DEVICE`: the ledger of a device, and of each recording that is kept its size and its first line.
 * `towline-recordings DEVICE ID`: one of them, as the device has sent it. The gateway can read none of what was shown.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { isTowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { firstLine } from '../recordings/first-line.ts';
import type { PeopleConnection } from './people-connection.ts';

export interface RecordingsCommand {
  /** Empty: all that this person reads. */
  readonly device: string;
  readonly recording?: string;
}

/** @returns undefined: it is another command */
export function recordingsCommand(command: string): RecordingsCommand | undefined {
  const [name, device = '', recording, more] = command.split(' ').filter(word => word !== '');
  if (name !== 'towline-recordings' || more !== undefined) return undefined;
  return recording === undefined ? { device } : { device, recording };
}

/** @returns what to refuse it with, or undefined when all was sent */
export async function serveRecordings(
  person: PeopleConnection,
  stream: ChannelStream,
  { device, recording }: RecordingsCommand,
): Promise<string | undefined> {
  const { recordings: store } = person.services;
  const action = `read-recordings ${device.slice(0, 253)}${recording === undefined ? '' : ` ${recording.slice(0, 64)}`}`;
  if (device === '') return await serveAll(person, stream);
  const asked = { kind: 'read-telemetry', device } as const;
  const admission = person.admit(asked);
  if (!admission.allowed) {
    person.audit({ action, outcome: 'refused', code: admission.code });
    return `${admission.code} ${admission.message}`;
  }
  const controller = new AbortController();
  stream.once('close', () => controller.abort(new Error('the client is gone')));
  using session = person.whileAllowed(asked, controller.signal);
  const { signal } = session;
  stream.resume();
  try {
    const file = recording === undefined ? undefined : await store.find(device, recording);
    if (recording !== undefined && file === undefined)
      return 'SESSION_RECORDING_UNKNOWN there is no such recording here';
    person.audit({ action, outcome: 'allowed' });
    if (file === undefined) await putList(person, device, line => put(stream, line, signal));
    else for await (const piece of createReadStream(file, { signal })) await put(stream, piece, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (isTowlineError(signal.reason)) return `${signal.reason.code} ${signal.reason.message}`;
  }
  return undefined;
}

/** Of each device the ids. */
async function serveAll(person: PeopleConnection, stream: ChannelStream): Promise<undefined> {
  const { recordings: store } = person.services;
  stream.resume();
  const signal = AbortSignal.any([person.signal, person.services.stopping]);
  for (const device of await store.devices()) {
    if (!person.admit({ kind: 'read-telemetry', device }).allowed) continue;
    const recordings = (await store.list(device)).map(({ recording }) => recording);
    await put(stream, `${JSON.stringify({ device, recordings })}\n`, signal);
  }
  await put(stream, `${JSON.stringify({ whole: true })}\n`, signal);
  return undefined;
}

async function putList(
  { services: { recordings: store } }: PeopleConnection,
  device: string,
  write: (line: string) => Promise<void>,
): Promise<void> {
  for (const line of await store.ledger(device)) await write(`${line}\n`);
  for (const kept of await store.list(device)) {
    const file = await store.find(device, kept.recording);
    const head = file === undefined ? undefined : await firstLine(file);
    if (head !== undefined) await write(`${JSON.stringify({ ...kept, head })}\n`);
  }
  await write(`${JSON.stringify({ whole: true })}\n`);
}

async function put(stream: ChannelStream, bytes: string | Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!stream.write(bytes)) await once(stream, 'drain', { signal });
}
