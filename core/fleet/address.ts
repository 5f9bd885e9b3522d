/** `host:port` as people write it: a name, IPv4, or IPv6 in brackets. What is refused here is written nowhere. */

export interface Address {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const form = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]*)):([0-9]{1,5})$/;
const everywhere = '0.0.0.0';

/** @returns undefined for what is no address to be dialled: port 1 to 65535, in the form of common.schema.json */
export function dialledAddress(text: string): Address | undefined {
  const address = listenAddress(text);
  const isDialled = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):/.test(text);
  return isDialled && address !== undefined && address.port > 0 ? address : undefined;
}

/**
 * @returns undefined for what is no address to listen on. Port 0 leaves the choice to the system, and `:8443` is that
 *   port of every IPv4 address.
 */
export function listenAddress(text: string): Address | undefined {
  const [, six, name = '', digits] = form.exec(text) ?? [];
  if (digits === undefined) return undefined;
  // Sees too large a port, and what merely looks like IPv4 or IPv6 (WHATWG URL, "host parsing").
  if (!URL.canParse(`http://${six === undefined ? name || everywhere : `[${six}]`}:${digits}`))
    return undefined;
  return { host: six ?? (name || everywhere), port: Number(digits) };
}

/** A registry as image references begin: a host, its port if it has one, a path if images are below one. */
export function isRegistryPlace(text: string): boolean {
  const [host = '', ...path] = text.split('/');
  const address = host.includes(':') ? host : `${host}:443`;
  return (
    dialledAddress(address) !== undefined && path.every(name => /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name))
  );
}
