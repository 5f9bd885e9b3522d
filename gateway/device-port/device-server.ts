/** How the device port speaks TLS and HTTP: connections wait for their handshake, and end for all that they set off. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connections } from './connections.ts';
import { type FailureLogs, workOn } from './failed-peer.ts';
import { Handshakes } from './handshakes.ts';
import type { PeerKeys } from './peer.ts';

export interface TlsFiles {
  readonly key: string | Buffer;
  readonly certificate: string | Buffer;
}

export interface DeviceServerOptions {
  readonly tls: TlsFiles;
  /** Longest time in which a request must have arrived, milliseconds. */
  readonly requestTimeoutMs: number;
  /** TLS handshakes of all at once. */
  readonly maxHandshakes: number;
  readonly logs: FailureLogs;
  readonly peers: PeerKeys;
  readonly connections: Connections;
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Only what Handshakes, which counts in turns, has lost sight of. */
const handshakeTimeoutMs = 120_000;

export interface DeviceServer {
  readonly server: Server;
  readonly handshakes: Handshakes;
}

export function makeDeviceServer(options: DeviceServerOptions): DeviceServer {
  const { logs, peers, connections, maxHandshakes, onRequest, onUpgrade } = options;
  const work = (socket: Socket) => workOn(socket, logs);
  const server = createServer(serverOptions(options), (request, response) =>
    work(request.socket).run(() => onRequest(request, response)),
  );
  // TLS gets a connection when it is its turn, not when it was accepted.
  const begins = server.listeners('connection');
  server.removeAllListeners('connection');
  const handshakes = new Handshakes({ maxUnderWay: maxHandshakes }, socket =>
    work(socket).run(() => {
      for (const begin of begins) Reflect.apply(begin, server, [socket]);
    }),
  );
  server.on('connection', (socket: Socket) => work(socket).run(() => handshakes.begin(socket)));
  server.on('secureConnection', socket =>
    work(socket).run(() => {
      handshakes.end(socket);
      connections.add(socket, peers.of(socket));
    }),
  );
  server.on('tlsClientError', (_error, socket) => {
    handshakes.end(socket);
    socket.destroy();
  });
  server.on('upgrade', (request, socket, head) =>
    work(request.socket).run(() => onUpgrade(request, socket, head)),
  );
  return { server, handshakes };
}

function serverOptions({ tls, requestTimeoutMs }: DeviceServerOptions): ServerOptions {
  return {
    key: tls.key,
    cert: tls.certificate,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(20_000, requestTimeoutMs),
    // A device polls every minute or so: its connection is worth keeping.
    keepAliveTimeout: 150_000,
    connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    maxHeaderSize: 8 * 1024,
    noDelay: true,
  };
}
