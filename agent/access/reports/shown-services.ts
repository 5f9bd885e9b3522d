/** The services that this device should have, by the commit that it has read. */
import type { AccessRooms } from '../people/access-rooms.ts';

export function shownServices(rooms: AccessRooms): { readonly app: string; readonly service: string }[] {
  const projects = rooms.desired()?.projects ?? [];
  return projects.flatMap(({ app, model }) => Object.keys(model.services).map(service => ({ app, service })));
}
