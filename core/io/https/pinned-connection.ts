/** One connection to a gateway: TCP (or CONNECT), TLS with our key, and its pin checked before a byte is sent. */

import type { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { asError } from '../../errors/cause.ts';
import { isTowlineError, TowlineError } from '../../errors.ts';
import type { GatewayAddress } from '../../fleet/gateway-address.ts';
import { connectThrough, type HttpProxy } from './http-proxy.ts';
import { certificatePin, isPinned } from './tls-pins.ts';

export interface ConnectionOptions {
  readonly gateway: GatewayAddress;
  /** PEM; undefined where the gateway is asked by nobody that it knows by a certificate. */
  readonly key: string | undefined;
  readonly certificate: string | undefined;
  readonly proxy: HttpProxy | undefined;
  /** TCP, proxy and TLS together, milliseconds. */
  readonly connectTimeoutMs: number;
  /** A TLS session to resume, and where new ones go. */
  readonly session: PinnedSession | undefined;
  readonly onSession: (session: PinnedSession) => void;
  /** Given what the gateway showed, once its pin has been found right. */
  readonly onCertificate?: (certificate: X509Certificate) => void;
}

/** A TLS session with the pin of the key that was proved when it began: a resumed one shows no certificate. */
export interface PinnedSession {
  readonly ticket: Buffer;
  readonly pin: string;
}

/**
 * @throws TowlineError AGENT_GATEWAY_UNREACHABLE, AGENT_GATEWAY_PIN, AGENT_PROXY; the signal's reason when aborted
 */
export async function connectPinned(options: ConnectionOptions, signal: AbortSignal): Promise<tls.TLSSocket> {
  const { gateway } = options;
  const { host, port } = parseAddress(gateway.address);
  const way = options.proxy ?? { host, port };
  const socket = net.connect({ host: way.host, port: way.port, noDelay: true });
  const deadline = new Error(`no connection within ${options.connectTimeoutMs} ms`);
  const timer = setTimeout(() => socket.destroy(deadline), options.connectTimeoutMs);
  const onAbort = (): void => {
    socket.destroy(asError(signal.reason));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await settled(socket, 'connect');
    if (options.proxy !== undefined) await connectThrough(socket, options.proxy, gateway.address);
    return await secure(socket, host, options);
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    if (isTowlineError(error)) throw error;
    const { message } = asError(error);
    throw new TowlineError('AGENT_GATEWAY_UNREACHABLE', `${gateway.address}: ${message}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function secure(socket: net.Socket, host: string, options: ConnectionOptions): Promise<tls.TLSSocket> {
  const { gateway, session } = options;
  const secured = tls.connect({
    socket,
    key: options.key,
    cert: options.certificate,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['http/1.1'],
    // A gateway's certificate is signed by nobody. The pin below decides, and nothing else.
    rejectUnauthorized: false,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(session === undefined ? {} : { session: session.ticket }),
  });
  let pin: string | undefined;
  secured.on('session', ticket => {
    if (pin !== undefined) options.onSession({ ticket, pin });
  });
  // One failure may come out of both sockets; whoever uses them hears of it by its own listener.
  socket.on('error', error => secured.destroy(error));
  secured.on('error', () => {});
  await settled(secured, 'secureConnect');
  // Node hands it out once.
  const shown = secured.getPeerX509Certificate();
  pin =
    (shown === undefined ? undefined : certificatePin(shown)) ??
    (secured.isSessionReused() ? session?.pin : undefined);
  if (pin === undefined || !isPinned(pin, gateway.tlsPins)) {
    secured.destroy();
    const message = `${gateway.address} shows ${pin ?? 'no key'}, which is not pinned: another host, or a proxy that intercepts TLS`;
    throw new TowlineError('AGENT_GATEWAY_PIN', message, {
      details: { address: gateway.address, pin: pin ?? null },
    });
  }
  if (shown !== undefined) options.onCertificate?.(shown);
  return secured;
}

/** `host:port`, with `[…]` around an IPv6 address. */
export function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(address.slice(colon + 1)) };
}

function settled(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => finish(() => reject(error));
    const onClose = (): void => finish(() => reject(new Error('the connection was closed')));
    const onReady = (): void => finish(resolve);
    const finish = (then: () => void): void => {
      socket.off('error', onError);
      socket.off('close', onClose);
      socket.off(event, onReady);
      then();
    };
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on(event, onReady);
  });
}
