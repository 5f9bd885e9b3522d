/** A way through an HTTP proxy: CONNECT (RFC 9110 §9.3.6), Basic credentials (RFC 7617). */
import type { Socket } from 'node:net';
import { TowlineError } from '../../errors.ts';

const maxAnswerBytes = 16 * 1024;

export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`. Never logged. */
  readonly authorization: string | undefined;
}

/**
 * Reads `http://[user:password@]host:port`.
 * @throws TowlineError AGENT_PROXY, without the credentials in its message
 */
export function parseProxy(url: string): HttpProxy {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new TowlineError('AGENT_PROXY', 'the proxy address is no URL: http://[user:password@]host:port');
  }
  if (parsed.protocol !== 'http:')
    throw new TowlineError('AGENT_PROXY', 'only http:// proxies are spoken to');
  const { username, password } = parsed;
  if (parsed.port === '0') throw new TowlineError('AGENT_PROXY', 'the proxy has port 0: 1 to 65535');
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 80 : Number(parsed.port),
    authorization: username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TowlineError('AGENT_PROXY', 'user or password of the proxy: a % is written %25 there');
  }
}

/**
 * Asks the proxy at the other end of `socket` for a connection to `target` (`host:port`). Afterwards the socket
 * is a plain way to the target.
 * @throws TowlineError AGENT_PROXY
 */
export async function connectThrough(socket: Socket, proxy: HttpProxy, target: string): Promise<void> {
  const credentials =
    proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`);
  const answer = await readHead(socket);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
  if (status?.startsWith('2')) return;
  const word = status === '407' ? wanted(answer) : 'refused';
  throw new TowlineError('AGENT_PROXY', `the proxy ${word} (${status ?? 'no HTTP answer'}) for ${target}`, {
    details: { status: status ?? null, target },
  });
}

/** By its `Proxy-Authenticate` lines (RFC 9110 §11.7.1): several in one line or one each. */
function wanted(answer: string): string {
  const lines = [...answer.matchAll(/^proxy-authenticate:(.*)$/gim)].map(([, value]) =>
    (value ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '""'),
  );
  // A scheme stands first, or after a comma, and before no `=`.
  const schemes = lines.flatMap(line =>
    [...line.matchAll(/(?:^|,)[ \t]*([A-Za-z][A-Za-z0-9-]{0,19})(?=[ \t]*(?:$|,|[ \t][^ \t=]))/g)].map(
      found => found[1] ?? '',
    ),
  );
  if (schemes.length === 0 || schemes.some(scheme => /^basic$/i.test(scheme)))
    return 'asks for credentials, or refuses those it was given';
  return `asks for ${[...new Set(schemes)].slice(0, 4).join(' or ')}; only Basic is spoken to it, so it refused`;
}

/** Reads up to the empty line; what came after it goes back into the socket. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const stop = (): void => {
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('error', onError);
      socket.pause();
    };
    const fail = (message: string, cause?: Error): void => {
      stop();
      reject(new TowlineError('AGENT_PROXY', message, cause === undefined ? {} : { cause }));
    };
    const onError = (error: Error): void => fail(`the proxy: ${error.message}`, error);
    const onEnd = (): void => fail('the proxy closed the connection');
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) {
        if (head.length > maxAnswerBytes) fail('the proxy answers without end');
        return;
      }
      stop();
      const rest = head.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(head.subarray(0, end).toString('latin1'));
    };
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('error', onError);
  });
}
