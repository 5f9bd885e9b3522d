/** What the user name says with which a person comes to the agent's own SSH server. */

/** Where a person wants to go. */
export type Entrance =
  /** `web`, `app.web`, `web-2`: a container, where there is such a service; else the menu. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'watch' | 'join'; readonly id: string };

export interface UserName {
  readonly entrance: Entrance;
  /** By the gateway's own key alone: whom it has let in, and now types for. */
  readonly operator?: string;
}

const longestName = 300;

/** With which a gateway comes for who has a link: it speaks for no operator. */
export const guestUserName = 'guest+link';

/** `via+alice+web`: what a gateway gives that ends the session of an operator. */
export function gatewayUserName(operator: string, name: string): string {
  return `via+${operator}+${name}`;
}

export function readUserName(user: string): UserName {
  const [first = '', second = '', ...rest] = user.slice(0, longestName).split('+');
  if (first === 'via' && rest.length > 0) {
    return { entrance: readEntrance(rest.join('+')), operator: second };
  }
  return { entrance: readEntrance(user.slice(0, longestName)) };
}

function readEntrance(name: string): Entrance {
  const [, kind, id = ''] = /^(watch|join)\+([\w-]{1,64})$/.exec(name) ?? [];
  return kind === 'watch' || kind === 'join' ? { kind, id } : { kind: 'named', name };
}

/** A container of a service; `number` where one of several is meant. */
export interface NamedService {
  readonly app: string;
  readonly service: string;
  readonly number?: number;
}

/**
 * Which service a name means, of those that a person may enter: `web` where one app alone has it, `app.web`, and each with
 * `-2` for the second of several containers.
 * @returns all that it may mean: none, one, or those that it does not tell apart
 */
export function servicesNamed(
  name: string,
  services: readonly { readonly app: string; readonly service: string }[],
): NamedService[] {
  const whole = named(name, services);
  if (whole.length > 0) return whole;
  const [, base = '', digits] = /^(.+)-([1-9]\d{0,3})$/.exec(name) ?? [];
  if (digits === undefined) return [];
  return named(base, services).map(service => ({ ...service, number: Number(digits) }));
}

function named(
  name: string,
  services: readonly { readonly app: string; readonly service: string }[],
): NamedService[] {
  const found = services.filter(({ app, service }) => service === name || `${app}.${service}` === name);
  return found.map(({ app, service }) => ({ app, service }));
}
