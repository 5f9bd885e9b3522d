import { connect, type Socket } from 'node:net';
import type { TunnelTarget } from '../fleet/tunnel.ts';

/** A target must have answered by then, milliseconds. */
const targetTimeoutMs = 10_000;

/** Connects to a declared target. @returns the error, in words for who asked, where it does not answer */
export function dialTarget({ host, port }: Pick<TunnelTarget, 'host' | 'port'>): Promise<Socket | Error> {
  return new Promise(resolve => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(new Error('timeout')), targetTimeoutMs);
    socket.on('error', error => {
      clearTimeout(timer);
      resolve('code' in error ? new Error(String(error.code)) : error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
