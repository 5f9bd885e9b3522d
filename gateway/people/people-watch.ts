/**
 * `towline-watch DEVICE…`: while it is open, these devices are asked to send what they have, and a line is written when a branch
 * has moved: `moved DEVICE`. What came is fetched by git, as ever.
 */
import { isTowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { lookedOn } from './look-on.ts';
import type { PeopleConnection } from './people-connection.ts';

/** More are read without asking. */
export const mostWatched = 50;
/** Lines that are not read meanwhile, bytes: each device has one that waits at most. */
const maxWaitingBytes = 4096;

/** @returns ids, undefined: it is another command */
export function watchedDevices(command: string): readonly string[] | undefined {
  const [name, ...devices] = command.split(' ').filter(word => word !== '');
  if (name !== 'towline-watch') return undefined;
  return [...new Set(devices)];
}

/** @returns what to refuse it with, or undefined when it has ended */
export async function serveWatch(
  person: PeopleConnection,
  stream: ChannelStream,
  devices: readonly string[],
): Promise<string | undefined> {
  const action = `watch ${devices.slice(0, mostWatched).join(' ').slice(0, 1000)}`;
  const refuse = (said: string, code?: Parameters<PeopleConnection['audit']>[0]['code']) => {
    person.audit({ action, outcome: 'refused', message: said, ...(code === undefined ? {} : { code }) });
    return code === undefined ? said : `${code} ${said}`;
  };
  if (devices.length === 0 || devices.length > mostWatched) return refuse(`1 to ${mostWatched} devices`);
  const refused = () =>
    devices.map(device => person.admit({ kind: 'read-telemetry', device })).find(({ allowed }) => !allowed);
  const first = refused();
  if (first !== undefined && !first.allowed) return refuse(first.message, first.code);
  const moved = new Set<string>();
  const write = () => {
    for (const device of moved) {
      if (stream.destroyed || stream.writableLength > maxWaitingBytes) return;
      moved.delete(device);
      stream.write(`moved ${device}\n`);
    }
  };
  let stop: () => void;
  try {
    stop = person.services.telemetryHints.watch({
      who: person.name,
      devices,
      moved: device => {
        moved.add(device);
        write();
      },
    });
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return refuse(error.message, error.code);
  }
  person.audit({ action, outcome: 'allowed' });
  stream.on('drain', write);
  stream.write('watching\n');
  try {
    await lookedOn(person, stream, () => refused() !== undefined);
  } finally {
    stop();
    stream.off('drain', write);
    person.audit({ action, outcome: 'ended' });
  }
  return undefined;
}
