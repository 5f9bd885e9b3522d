import type { Duplex } from 'node:stream';
import { TowlineError } from '../../errors.ts';
import type { GatewayAddress } from '../../fleet/gateway-address.ts';
import { nodeHttp } from './node-http.ts';

interface Upgrade {
  readonly gateway: GatewayAddress;
  readonly path: string;
  /** As the `Upgrade` header names it. */
  readonly protocol: string;
}

/** Sends the upgrade on a fresh connection and hands the raw stream over after the 101 (RFC 9110 §7.8). */
export function upgraded(
  socket: Duplex,
  { gateway, path, protocol }: Upgrade,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = nodeHttp.request({
      createConnection: () => socket,
      host: gateway.address,
      path,
      headers: { host: gateway.address, connection: 'Upgrade', upgrade: protocol },
      timeout: 30_000,
    });
    const unreachable = (why: string, cause?: Error): TowlineError =>
      new TowlineError('AGENT_GATEWAY_UNREACHABLE', `${gateway.address}: ${why}`, { cause });
    const onAbort = (): void => {
      request.destroy(signal.reason);
    };
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const onClose = (): void => fail(unreachable('the connection was closed without an answer'));
    request.on('close', onClose);
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.on('error', error => {
      fail(signal.aborted ? error : unreachable(error.message, error));
    });
    request.on('response', response => {
      response.resume();
      const code = response.statusCode === 403 ? 'AGENT_REFUSED' : 'AGENT_ANSWER';
      const message = `${gateway.address} answers ${response.statusCode} to an upgrade to ${protocol}`;
      fail(new TowlineError(code, message, { details: { status: response.statusCode ?? 0 } }));
    });
    request.on('upgrade', (_response, stream: Duplex, first: Buffer) => {
      settle();
      request.off('close', onClose);
      if (first.length > 0) stream.unshift(first);
      if ('setTimeout' in stream && typeof stream.setTimeout === 'function') stream.setTimeout(0);
      resolve(stream);
    });
    request.end();
  });
}
