import type { IncomingMessage } from 'node:http';

const loopback = /^(?:::ffff:)?127\.|^::1$/;
const address = /^[0-9a-fA-F.:]{3,45}$/;

/** Of this machine itself: a proxy in front, or a person at it. */
export const isHere = (remoteAddress: string): boolean => loopback.test(remoteAddress);

/** Behind a proxy on this machine, whom that names last. */
export function peerAddress({ socket, headers }: IncomingMessage): string {
  const { remoteAddress = '' } = socket;
  const named = headers['x-forwarded-for'];
  const last = (Array.isArray(named) ? named.join(',') : (named ?? '')).split(',').at(-1)?.trim();
  return isHere(remoteAddress) && last !== undefined && address.test(last) ? last : remoteAddress;
}
