/** `bundle [--since COMMIT] DEVICE`: what a device without a network needs, as one file on standard output. */
import { once } from 'node:events';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import type { PeopleConnection } from './people-connection.ts';

export interface BundleCommand {
  /** Undefined where it is none of these words. */
  readonly device: string | undefined;
  readonly since: ObjectId | undefined;
}

/** Whoever takes nothing for so long gives the place on, milliseconds. */
const stallMs = 120_000;

/** @returns undefined: it is another command */
export function bundleCommand(command: string): BundleCommand | undefined {
  const [name, ...words] = command.split(' ').filter(word => word !== '');
  if (name !== 'bundle') return undefined;
  const [first, since = '', device, more] = words;
  if (first !== '--since') return { device: words.length === 1 ? first : undefined, since: undefined };
  const isWhole = more === undefined && isObjectId(since);
  return { device: isWhole ? device : undefined, since: isWhole ? since : undefined };
}

/** @returns what to refuse it with, or undefined when all was sent */
export async function serveBundle(
  person: PeopleConnection,
  stream: ChannelStream,
  { device, since }: BundleCommand,
): Promise<string | undefined> {
  if (device === undefined) return 'bundle [--since COMMIT] DEVICE';
  const action = `bundle ${device.slice(0, 253)}`;
  const refuse = ({ code, message }: Pick<TowlineError, 'code' | 'message'>) => {
    person.audit({ action, outcome: 'refused', code, message });
    return `${code} ${message}`;
  };
  const asked = { kind: 'carry', device } as const;
  const admission = person.admit(asked);
  if (!admission.allowed) return refuse(admission);
  const controller = new AbortController();
  stream.once('close', () => controller.abort(new Error('the client is gone')));
  using session = person.whileAllowed(asked, AbortSignal.any([controller.signal, person.services.stopping]));
  const { signal } = session;
  const stalled = () =>
    controller.abort(new TowlineError('GATEWAY_SESSION_SILENT', 'nobody takes what is sent'));
  stream.resume();
  let sent = 0;
  try {
    await using bundle = await person.services.bundles.make({ device, since, who: person.name }, signal);
    const { commit, size } = bundle;
    person.audit({ action, outcome: 'allowed', details: { commit, bytes: size } });
    for await (const piece of bundle.bytes()) {
      await put(stream, piece, { signal, stalled });
      sent += piece.length;
    }
    person.audit({ action, outcome: 'ended', details: { bytes: sent } });
  } catch (error) {
    const why = signal.aborted ? signal.reason : error;
    if (isTowlineError(why)) return refuse(why);
    if (!signal.aborted) throw error;
    // Nobody is there any more who could be told.
    person.audit({ action, outcome: 'ended', details: { bytes: sent } });
  }
  return undefined;
}

async function put(
  stream: ChannelStream,
  bytes: Uint8Array,
  { signal, stalled }: { readonly signal: AbortSignal; readonly stalled: () => void },
): Promise<void> {
  signal.throwIfAborted();
  if (stream.write(bytes)) return;
  const timer = setTimeout(stalled, stallMs);
  try {
    await once(stream, 'drain', { signal });
  } finally {
    clearTimeout(timer);
  }
}
