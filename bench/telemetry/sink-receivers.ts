/**
 * Receivers in a process of their own, each as cheap as its protocol lets one be: nothing of them is counted. Says its ports to
 * whoever has started it.
 */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeMultiStream, encode } from '@msgpack/msgpack';
import { isFields } from '../../core/json.ts';

async function portOf(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

function tcp(take: (socket: Socket) => void): Server {
  return createServer(socket => {
    socket.on('error', () => socket.destroy());
    take(socket);
  });
}

const swallow = () => tcp(socket => void socket.resume());

/** Forward protocol: each chunk is acknowledged by its name. */
async function acknowledge(socket: Socket): Promise<void> {
  for await (const message of decodeMultiStream(socket)) {
    const options: unknown = Array.isArray(message) ? message.at(-1) : undefined;
    if (isFields(options) && options.chunk !== undefined) socket.write(encode({ ack: options.chunk }));
  }
}

function http(answer: (body: Buffer) => string): Server {
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = answer(Buffer.concat(pieces));
      response.writeHead(text === '' ? 204 : 200, { 'content-type': 'application/json' });
      response.end(text);
    });
  };
  return createHttpServer(listener);
}

/** An item for each two lines. */
function bulk(body: Buffer): string {
  const plain = body[0] === 0x1f ? gunzipSync(body) : body;
  let lines = 0;
  for (let at = plain.indexOf(10); at !== -1; at = plain.indexOf(10, at + 1)) lines += 1;
  return `{"errors":false,"items":[${Array.from({ length: lines / 2 }, () => '{}').join(',')}]}`;
}

process.send?.({
  syslog: await portOf(swallow()),
  gelf: await portOf(swallow()),
  fluentd: await portOf(tcp(socket => void acknowledge(socket).catch(() => socket.destroy()))),
  loki: await portOf(http(() => '')),
  elasticsearch: await portOf(http(bulk)),
});
process.once('disconnect', () => process.exit());
