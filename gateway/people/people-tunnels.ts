/**
 * `towline-tunnels [-f] [DEVICE…]`: a line of JSON for each device that this person may know of: whether its tunnel is open by
 * the commit that the gateway follows, since when its connection is here, and who is in. With `-f` it goes on with each change.
 */
import { once } from 'node:events';
import { mayReach, mayRead, tunnelIsOpen } from '../../core/access/reach.ts';
import { tunnelEndMs } from '../../core/access/tunnel-end.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { timeWord } from '../../core/time-word.ts';
import type { TunnelEntry } from '../tunnel/device-connection.ts';
import { lookedOn } from './look-on.ts';
import type { PeopleConnection } from './people-connection.ts';

/** With `-f`; and names in one question. */
const mostFollowed = 50;
const mostNamed = 1000;
/** Lines that are not read meanwhile, bytes: each device has one that waits at most. */
const maxWaitingBytes = 64 * 1024;

interface TunnelsQuestion {
  readonly follow: boolean;
  /** Empty: all that are open or here. */
  readonly devices: readonly string[];
}

/** @returns undefined: it is another command */
export function tunnelsAsked(command: string): TunnelsQuestion | undefined {
  const [name, ...words] = command.split(' ').filter(word => word !== '');
  if (name !== 'towline-tunnels') return undefined;
  const follow = words[0] === '-f';
  return { follow, devices: [...new Set(follow ? words.slice(1) : words)] };
}

/** @returns what to refuse it with, or undefined when it has ended */
export async function serveTunnels(
  person: PeopleConnection,
  stream: ChannelStream,
  { follow, devices }: TunnelsQuestion,
): Promise<string | undefined> {
  const most = follow ? mostFollowed : mostNamed;
  if ((follow && devices.length === 0) || devices.length > most) return `1 to ${most} devices`;
  const { tunnels, view } = person.services;
  if (!follow) {
    stream.resume();
    const here = new Map(tunnels.list().map(entry => [entry.device, entry]));
    for (const device of devices.length > 0 ? devices : view.current.devices.keys()) {
      const entry = here.get(device);
      const line = lineOf(person, device, entry, devices.length > 0);
      if (line === undefined) continue;
      if (!stream.write(line)) await once(stream, 'drain', { signal: person.signal });
    }
    return undefined;
  }
  const said = new Map<string, string>();
  const changed = new Set(devices);
  const write = () => {
    for (const device of changed) {
      if (stream.destroyed || stream.writableLength > maxWaitingBytes) return;
      changed.delete(device);
      const entry = tunnels.entry(device);
      const line = lineOf(person, device, entry, true) ?? '';
      if (said.get(device) === line) continue;
      said.set(device, line);
      stream.write(line);
    }
  };
  const unsubscribe = tunnels.presence.onChange(device => {
    if (!said.has(device)) return;
    changed.add(device);
    write();
  });
  stream.on('drain', write);
  write();
  try {
    await lookedOn(person, stream, () => {
      for (const device of devices) changed.add(device);
      write();
      return false;
    });
  } finally {
    unsubscribe();
    stream.off('drain', write);
  }
  return undefined;
}

/** @param named also where it is neither open nor here. @returns undefined: nothing to say to this person */
function lineOf(
  person: PeopleConnection,
  id: string,
  entry: TunnelEntry | undefined,
  named: boolean,
): string | undefined {
  const { view, clock, tunnels } = person.services;
  const { current } = view;
  const operator = current.operators.get(person.name);
  const [device, tunnel, nowMs] = [current.device(id), current.desiredTunnel(id), clock.now()];
  const reach = operator === undefined ? 'unreachable' : mayReach({ device, operator, tunnel, nowMs });
  const isTold = operator !== undefined && (reach !== 'unreachable' || mayRead(device, operator));
  if (!isTold)
    return named ? `${JSON.stringify({ device: id.slice(0, 63), state: 'unknown' })}\n` : undefined;
  const open = tunnelIsOpen(tunnel, nowMs);
  const endMs = tunnel && tunnelEndMs(tunnel);
  if (!named && !open && entry === undefined) return undefined;
  const people = tunnels.presence.of(id).map(({ operator: who, to, sinceMs }) => ({
    ...{ operator: who, to, since: timeWord(sinceMs) },
  }));
  return `${JSON.stringify({
    ...{ device: id, state: open ? 'open' : 'closed', reach, commit: current.commit },
    ...(open && endMs !== undefined ? { until: timeWord(endMs) } : {}),
    ...(entry === undefined ? {} : { connected: timeWord(entry.sinceMs), offers: entry.targets }),
    people,
  })}\n`;
}
