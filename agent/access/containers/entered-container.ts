/** From a name to a container: which service is meant, which of its containers runs, as whom it is entered. */

import type { Wanted } from '../../../core/access/judge.ts';
import { type NamedService, servicesNamed } from '../../../core/access/user-name.ts';
import { runningContainer, serviceContainers } from '../engine/service-containers.ts';
import { runShell } from '../engine/shell-run.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Person } from '../people/person.ts';

/** Containers whose shell is remembered. */
const maxShells = 64;

export interface EnteredContainer {
  readonly app: string;
  readonly service: string;
  /** As this user, and no other. */
  readonly wanted: Extract<Wanted, { kind: 'service' }>;
  /** Id. */
  readonly container: string;
  readonly user: string | undefined;
  readonly hasShell: boolean;
}

/** Services that this person may enter now. */
export function enterable(person: Person): { readonly app: string; readonly service: string }[] {
  const services = person.view.current?.access.services ?? [];
  const seen = new Set<string>();
  return services.filter(({ app, service }) => {
    const name = `${app}.${service}`;
    if (seen.has(name) || !person.judge({ kind: 'service', app, service }).allowed) return false;
    seen.add(name);
    return true;
  });
}

/** @returns `undefined`: no service that this person may enter has that name; words: why it cannot be entered */
export async function enteredContainer(
  person: Person,
  name: string,
  rooms: AccessRooms,
): Promise<EnteredContainer | string | undefined> {
  const found = servicesNamed(name, enterable(person));
  const [named] = found;
  if (named === undefined) return undefined;
  if (found.length > 1) {
    const names = found.map(({ app, service }) => `${app}.${service}`).join(' or ');
    return `more than one app has that service: say ${names}`;
  }
  return await enter(person, named, rooms);
}

async function enter(
  person: Person,
  { app, service, number }: NamedService,
  rooms: AccessRooms,
): Promise<EnteredContainer | string> {
  const wanted = { kind: 'service', app, service } as const;
  const containers = await serviceContainers(rooms.exec.engine, rooms.device, person.signal);
  const project = `${rooms.projectPrefix}${app}`;
  const container = runningContainer(containers, { project, service, number });
  if (container === undefined) {
    const which = number === undefined ? 'no container' : `no container with number ${number}`;
    return `${which} of ${app}.${service} is running`;
  }
  const verdict = person.judge(wanted);
  if (!verdict.allowed) return `${app}.${service} may not be entered now`;
  const user = verdict.service?.user;
  const hasShell = await shellIn(container.id, user, rooms, person.signal);
  const entered = user === undefined ? {} : { user };
  return { app, service, wanted: { ...wanted, entered }, container: container.id, user, hasShell };
}

/** Asked once for each container and user: not everybody may run what an image has. */
async function shellIn(
  container: string,
  user: string | undefined,
  { exec, shells }: AccessRooms,
  signal: AbortSignal,
): Promise<boolean> {
  const place = `${container} ${user ?? ''}`;
  const known = shells.get(place);
  if (known !== undefined) return known;
  const { code } = await runShell(exec, { container, user, script: 'exit 0' }, signal);
  if (shells.size >= maxShells) shells.clear();
  if (code !== undefined) shells.set(place, code === 0);
  return code === 0;
}
