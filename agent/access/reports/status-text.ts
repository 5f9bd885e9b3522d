/** `ssh pump-17 status`, and the menu: what this device is, who is in, and where this person may go. */
import { tunnelEndMs } from '../../../core/access/tunnel-end.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { timeWord } from '../../../core/time-word.ts';
import { enterable } from '../containers/entered-container.ts';
import { serviceContainers } from '../engine/service-containers.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Person } from '../people/person.ts';

/** For whom `reads` covers. */
export async function statusText(person: Person, rooms: AccessRooms): Promise<string> {
  const { tunnel, commit = '' } = person.view.current ?? {};
  const reason = tunnel?.reason === undefined ? '' : ` (${tunnel.reason})`;
  const untilMs = tunnel && tunnelEndMs(tunnel);
  const until = untilMs === undefined ? '' : ` until ${timeWord(untilMs)}`;
  const containers = await containerLines(person, rooms);
  const status = rooms.status();
  const failing = (status?.conditions ?? []).filter(({ status: holds }) => !holds);
  return [
    `${rooms.device}  open${until}${reason}  commit ${commit.slice(0, 12)}`,
    ...(status?.projects ?? []).map(({ app, state, release }) =>
      `app ${app}  ${state}  ${release ?? ''}`.trimEnd(),
    ),
    ...containers,
    ...failing.map(({ type, message }) => `condition ${type} does not hold: ${message}`),
    ...peopleLines(rooms),
    ...sessionLines(rooms),
    ...rooms.left.words().map(words => `left running: ${words}`),
  ].join('\n');
}

/** Who is in, and what goes on, is known without an engine, too. */
async function containerLines(person: Person, rooms: AccessRooms): Promise<string[]> {
  try {
    const containers = await serviceContainers(rooms.exec.engine, rooms.device, person.signal);
    await rooms.left.look();
    return containers.map(
      ({ project, service, number, state }) => `container ${project}.${service}-${number}  ${state}`,
    );
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return [`containers cannot be listed: ${error.code} ${error.message}`];
  }
}

function peopleLines({ people }: AccessRooms): string[] {
  return people().flatMap(({ identity: { operator, by }, sinceMs, doing }) => {
    const way = by === 'key' ? '' : by === 'gateway' ? ' (via gateway)' : ' (by certificate)';
    return [
      `in: ${operator}${way} since ${timeWord(sinceMs)}`,
      ...doing.map(({ what, sinceMs: since }) => `in: ${operator}  ${what} since ${timeWord(since)}`),
    ];
  });
}

/** `watch+ID`, `join+ID`, `share ID`: of these. */
function sessionLines({ keeper }: AccessRooms): string[] {
  return keeper.list().map(({ id, operator, app, service, startedMs, recorded, onlookers }) => {
    const words = { watch: 'watches', join: 'has joined', guest: 'looks on' };
    const others = onlookers.map(({ name, kind }) => `, ${name} ${words[kind]}`).join('');
    const kept = recorded ? ', recorded' : '';
    return `session ${id}  ${app}.${service} of ${operator} since ${timeWord(startedMs)}${kept}${others}`;
  });
}

export function menuText(person: Person, rooms: AccessRooms): string {
  const services = enterable(person);
  const { device } = rooms;
  const names = services.map(({ app, service }) => {
    const isAlone = services.filter(other => other.service === service).length === 1;
    return `  ssh ${isAlone ? service : `${app}.${service}`}@${device}`;
  });
  const targets = (person.view.current?.tunnel.targets ?? []).filter(
    ({ name }) => person.judge({ kind: 'target', name }).allowed,
  );
  const mayWatch = person.judge({ kind: 'watch' }).allowed;
  return [
    `Hello ${person.identity.operator}. This is ${device}.`,
    ...(names.length === 0
      ? ['There is no container here that you may enter: `access.services` names those.']
      : ['You may enter:', ...names]),
    ...(mayWatch ? [`  ssh ${device} status`, `  ssh ${device} logs NAME -f`] : []),
    ...targets.map(({ name, port }) => `  ssh -L ${ownPort(port)}:${name}:${port} -N ${device}`),
  ].join('\n');
}

/** One that anybody may listen on: 22 is 10022. */
const ownPort = (port: number): number => (port < 1024 ? port + 10_000 : port);
