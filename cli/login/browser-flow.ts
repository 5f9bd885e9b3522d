/** By the person's browser: a code comes back to this machine (RFC 8252), and is good for this login alone (RFC 7636). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type AskedOfProvider, scope, tokenOf } from './provider.ts';

/** A person logs in by then, milliseconds. */
const patienceMs = 10 * 60_000;

/** @param show where the person is sent, as an address @returns the token */
export async function browserFlow(
  { config, nonce }: AskedOfProvider,
  show: (address: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  const server = createServer().listen(0, '127.0.0.1');
  const late = AbortSignal.timeout(patienceMs);
  try {
    await once(server, 'listening', { signal });
    const back = `http://127.0.0.1:${portOf(server)}/callback`;
    const address = buildAuthorizationUrl(config, {
      redirect_uri: back,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const patience = AbortSignal.any([signal, late]);
    const came = comeBack(server, { back, state, signal: patience });
    show(address.href);
    const answer = await authorizationCodeGrant(config, await came, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    return tokenOf(answer.id_token);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const why = late.aborted
      ? `nobody has logged in within ${patienceMs / 60_000} minutes`
      : messageOf(cause);
    throw new TowlineError('LOGIN_PROVIDER', `the login did not come to its end: ${why}`, { cause });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface ComingBack {
  readonly back: string;
  /** What another page sends here does not have it, and ends nothing. */
  readonly state: string;
  readonly signal: AbortSignal;
}

/** @returns the address with which the browser came back */
function comeBack(server: Server, { back, state, signal }: ComingBack): Promise<URL> {
  return new Promise((resolve, reject) => {
    const late = () => reject(signal.reason);
    signal.addEventListener('abort', late, { once: true });
    server.on('request', (request, response) => {
      const url = URL.parse(request.url ?? '', back);
      const isOurs =
        request.method === 'GET' && url?.pathname === '/callback' && url.searchParams.get('state') === state;
      response.writeHead(isOurs ? 200 : 404, {
        'content-type': 'text/plain; charset=utf-8',
        connection: 'close',
      });
      response.end(isOurs ? 'You can close this page, and go back to the terminal.\n' : 'Nothing is here.\n');
      if (!isOurs || url === null) return;
      signal.removeEventListener('abort', late);
      resolve(url);
    });
  });
}

/** Where there is no browser the person has the address anyway. */
export function openBrowser(address: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
