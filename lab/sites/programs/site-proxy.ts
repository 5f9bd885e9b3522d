/** The proxy of a site: CONNECT (RFC 9110 §9.3.6) and nothing else. It runs at the router, whose rules let out nobody besides. */
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const connectTimeoutMs = 20_000;

/** Listens until the process ends. */
export function serveProxy(host: string, port: number): void {
  const server = createServer((_request, response) => {
    response.writeHead(405, { allow: 'CONNECT' }).end();
  });
  server.on('connect', (request: IncomingMessage, near: Duplex, first: Buffer) =>
    carry(request, near, first),
  );
  server.listen(port, host);
}

function carry({ url = '' }: IncomingMessage, near: Duplex, first: Buffer): void {
  const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(url) ?? [];
  near.on('error', () => near.destroy());
  if (host === '' || Number(port) > 65_535) {
    near.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    return;
  }
  const far: Socket = connect({ host, port: Number(port), allowHalfOpen: true });
  const late = setTimeout(() => far.destroy(new Error('no answer')), connectTimeoutMs);
  far.once('connect', () => {
    clearTimeout(late);
    near.write('HTTP/1.1 200 Connection established\r\n\r\n');
    far.write(first);
    far.pipe(near).pipe(far);
  });
  far.on('error', () => {
    clearTimeout(late);
    if (far.bytesRead === 0) near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    else near.destroy();
  });
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
}
