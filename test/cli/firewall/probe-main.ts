/**
 * Runs in a network namespace. `listen 80/tcp 53/udp@ADDRESS…` answers on each and says `ready`; `dial` reads
 * places as JSON from standard input and says which of them answered, and after how long.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { json } from 'node:stream/consumers';
import type { Dialled, Place } from './probe.ts';

async function listenTcp(port: number): Promise<void> {
  const server = net.createServer(socket => {
    socket.on('error', () => undefined);
    socket.end('answer');
  });
  server.listen({ port, host: '::' });
  await once(server, 'listening');
}

/** At one address: an answer comes from where the question went to. */
async function listenUdp(port: number, address: string): Promise<void> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (_bytes, from) => socket.send('answer', from.port, from.address));
  socket.bind(port, address);
  await once(socket, 'listening');
}

async function listen(ports: readonly string[]): Promise<void> {
  await Promise.all(
    ports.map(text => {
      const [port, protocol, address = '0.0.0.0'] = text.split(/[/@]/);
      return protocol === 'udp' ? listenUdp(Number(port), address) : listenTcp(Number(port));
    }),
  );
  process.stdout.write('ready\n');
}

/** Rejects where nothing comes back. */
function answerOf({ address, port, protocol, from }: Place, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
    signal.addEventListener('abort', () => end(new Error('too late')), { once: true });
    if (protocol === 'udp') {
      const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', signal });
      socket.on('message', () => end()).on('error', end);
      socket.bind(0, from, () => socket.connect(port, address, () => socket.send('question')));
      return;
    }
    const socket = net.connect({ host: address, port, signal, localAddress: from });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      text += piece;
      if (text === 'answer') end();
    });
    socket.on('error', end).on('close', () => end(new Error('closed')));
  });
}

async function dial(): Promise<void> {
  const { places, timeoutMs } = (await json(process.stdin)) as {
    readonly places: readonly Place[];
    readonly timeoutMs: number;
  };
  const signal = AbortSignal.timeout(timeoutMs);
  const found = places.map(async (place): Promise<Dialled> => {
    const from = performance.now();
    const words = await answerOf(place, signal).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { name: place.name, answered: words === undefined, words, tookMs: performance.now() - from };
  });
  process.stdout.write(JSON.stringify(await Promise.all(found)), () => process.exit(0));
}

const [, , what, ...rest] = process.argv;
if (what === 'listen') await listen(rest);
else await dial();
