/** Where a session leads: by the name that its person came with, and what they ask for. */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { serveContainer } from '../containers/container-session.ts';
import { type EnteredContainer, enteredContainer } from '../containers/entered-container.ts';
import { readScpCommand } from '../files/scp-command.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Person } from '../people/person.ts';
import { refusalWords } from '../people/refusal-words.ts';
import type { SessionChannel } from '../people/session-channel.ts';
import { readDeviceCommand } from '../reports/device-command.ts';
import { serveLogs } from '../reports/logs.ts';
import { menuText, statusText } from '../reports/status-text.ts';
import type { ServeSession } from './session-requests.ts';

const notDone = 1;

export function sessionsIn(rooms: AccessRooms): ServeSession {
  return async (person, channel) => {
    try {
      return await serveOne(person, channel, rooms);
    } catch (error) {
      if (person.signal.aborted) return notDone;
      if (!isTowlineError(error)) rooms.log.warn({ err: error }, 'a session failed');
      await channel.warn(`towline: ${messageOf(error)}`);
      return notDone;
    }
  };
}

async function serveOne(person: Person, channel: SessionChannel, rooms: AccessRooms): Promise<number> {
  const login = person.judge({ kind: 'server' });
  if (!login.allowed) return await refuse(channel, refusalWords(login.why));
  const { entrance } = person;
  if (entrance.kind !== 'named') {
    if (channel.asked.kind !== 'shell') return await refuse(channel, 'a session is watched, no more');
    const { kind, id } = entrance;
    const { operator, by } = person.identity;
    const { stream, terminal } = channel;
    const judge = person.judge.bind(person);
    return await rooms.keeper.visit({
      ...{ kind, id, operator, by, stream, terminal, judge },
      signal: person.signal,
    });
  }
  const entered = await enteredContainer(person, entrance.name, rooms);
  if (typeof entered === 'string') return await refuse(channel, entered);
  if (entered !== undefined) return await inContainer(person, channel, entered, rooms);
  return await onDevice(person, channel, rooms);
}

async function inContainer(
  person: Person,
  channel: SessionChannel,
  entered: EnteredContainer,
  rooms: AccessRooms,
): Promise<number> {
  const { asked } = channel;
  const place = { person, channel, entered, rooms };
  const scp = asked.kind === 'command' ? readScpCommand(asked.command) : undefined;
  const isSftp = asked.kind === 'subsystem' && asked.name === 'sftp';
  if (scp !== undefined || isSftp) {
    const { serveFiles } = await import('../files/file-session.ts');
    return await serveFiles(place, scp);
  }
  if (asked.kind === 'subsystem') return await refuse(channel, `there is no subsystem ${asked.name} here`);
  if (asked.kind === 'shell' && !entered.hasShell) {
    const words = 'the image of this container has no shell: give a command, or copy files';
    return await refuse(channel, words);
  }
  return await serveContainer(place);
}

async function onDevice(person: Person, channel: SessionChannel, rooms: AccessRooms): Promise<number> {
  const { asked } = channel;
  if (asked.kind === 'subsystem') {
    return await refuse(channel, `say whose files, such as sftp web@${rooms.device}`);
  }
  const command =
    asked.kind === 'shell' ? ({ kind: 'menu' } as const) : readDeviceCommand(asked.command, rooms.now());
  if (command.kind === 'wrong') {
    await channel.warn(menuText(person, rooms));
    return await refuse(channel, command.words);
  }
  if (command.kind === 'menu')
    return await told(person, channel, { what: 'menu', rooms }, menuText(person, rooms));
  if (command.kind === 'share') {
    const words = rooms.keeper.share({ ...command, operator: person.identity.operator });
    return await told(person, channel, { what: `share ${command.id}`, rooms }, words);
  }
  const verdict = person.judge({ kind: 'watch' });
  if (!verdict.allowed) return await refuse(channel, `${command.kind}: ${refusalWords(verdict.why)}`);
  if (command.kind === 'logs') return await serveLogs(person, channel, command, rooms);
  return await told(person, channel, { what: 'status', rooms }, await statusText(person, rooms));
}

async function told(
  person: Person,
  channel: SessionChannel,
  { what, rooms }: { readonly what: string; readonly rooms: AccessRooms },
  text: string,
): Promise<number> {
  const over = rooms.records.begin(person, { wanted: { kind: 'server' }, what, cut: () => {} });
  await channel.say(text);
  over({ bytesIn: 0, bytesOut: channel.bytesOut, exitCode: 0 });
  return 0;
}

async function refuse(channel: SessionChannel, words: string): Promise<number> {
  await channel.warn(`towline: ${words}`);
  return notDone;
}
