/** Addresses where a login begins, comes to its end, and is left. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import type { Endpoint } from '../server/endpoint.ts';
import type { Exchange } from '../server/exchange.ts';
import { challengeMs } from './challenges.ts';
import { cookieOf, sessionCookie, setCookie, wayCookie } from './cookie.ts';
import type { LoginDesk } from './login-desk.ts';
import { loginMs } from './login-sessions.ts';
import type { OidcLogin } from './oidc-login.ts';
import type { PasskeyLogin } from './passkey-login.ts';
import type { SshLogin } from './ssh-login.ts';

export interface LoginWays {
  readonly desk: LoginDesk;
  readonly ssh: SshLogin;
  readonly passkey: PasskeyLogin;
  /** Undefined: no provider is set up. */
  readonly oidc: OidcLogin | undefined;
  readonly fleet: string;
}

const cookieOfLogin = (token: string) => setCookie(sessionCookie, token, loginMs / 1000);

export function loginEndpoints(ways: LoginWays): Endpoint[] {
  return [...open(ways), ...ofProvider(ways), ...ofWhoIsIn(ways)];
}

function open({ desk, ssh, passkey, oidc, fleet }: LoginWays): Endpoint[] {
  const logIn = async (exchange: Exchange, show: Parameters<LoginDesk['logIn']>[1]) => {
    const former = cookieOf(exchange.request, sessionCookie);
    const { token, ...told } = await desk.logIn(exchange.from, show, former);
    await exchange.json(told, { headers: { 'set-cookie': cookieOfLogin(token) } });
  };
  const post = (path: string, answer: Endpoint['answer']): Endpoint => ({
    ...{ method: 'POST', path, open: true },
    answer: exchange => {
      desk.admit(exchange.from);
      return answer(exchange);
    },
  });
  return [
    {
      ...{ method: 'GET', path: '/login/ways', open: true },
      answer: exchange => exchange.json({ fleet, ways: waysOf(oidc) }),
    },
    post('/login/ssh/begin', exchange => exchange.json(ssh.begin())),
    // A program has no use for a cookie: its person's page takes up what was shown.
    post('/login/ssh/finish', async exchange => {
      const show = () => ssh.finish(exchange.body);
      if (fieldsOf(exchange.body).word !== true) return await logIn(exchange, show);
      await exchange.json({ word: await desk.giveWord(exchange.from, show) });
    }),
    post('/login/token', async exchange => {
      const word = wordOf(exchange.body);
      if (fieldsOf(exchange.body).look === true) await exchange.json({ name: desk.lookAtWord(word) });
      else await logIn(exchange, () => desk.takeWord(word));
    }),
    post('/login/passkey/begin', exchange => exchange.json(passkey.begin())),
    post('/login/passkey/finish', exchange => logIn(exchange, () => passkey.finish(exchange.body))),
  ];
}

function waysOf(oidc: OidcLogin | undefined): readonly object[] {
  const provider =
    oidc === undefined
      ? { way: 'oidc', open: false, why: 'no OpenID provider is set up' }
      : { way: 'oidc', open: true, name: oidc.providerName };
  return [{ way: 'passkey', open: true }, { way: 'ssh', open: true }, provider];
}

function ofProvider({ desk, oidc }: LoginWays): Endpoint[] {
  const provider = () => {
    if (oidc !== undefined) return oidc;
    throw new TowlineError('PORTAL_LOGIN_NOT_OFFERED', 'no OpenID provider is set up');
  };
  return [
    {
      ...{ method: 'GET', path: '/login/oidc', open: true },
      answer: async exchange => {
        desk.admit(exchange.from);
        const { address, way } = await provider().begin();
        exchange.goTo(address, [setCookie(wayCookie, way, challengeMs / 1000)]);
      },
    },
    {
      ...{ method: 'GET', path: '/login/oidc/back', open: true, navigated: true },
      answer: async exchange => {
        const forget = setCookie(wayCookie, '', 0);
        try {
          desk.admit(exchange.from);
          const way = cookieOf(exchange.request, wayCookie) ?? '';
          const { token } = await desk.logIn(exchange.from, () =>
            provider().finish(way, exchange.target.query),
          );
          exchange.goTo('/', [forget, cookieOfLogin(token)]);
        } catch (error) {
          if (!isTowlineError(error)) throw error;
          exchange.goTo(`/login?error=${error.code}`, [forget]);
        }
      },
    },
  ];
}

function ofWhoIsIn({ desk, passkey }: LoginWays): Endpoint[] {
  return [
    {
      ...{ method: 'POST', path: '/logout' },
      answer: async exchange => {
        const token = cookieOf(exchange.request, sessionCookie);
        if (token !== undefined) desk.leave(token, exchange.viewer.name, exchange.from);
        exchange.nothing({
          'set-cookie': setCookie(sessionCookie, '', 0),
          'clear-site-data': '"cache", "storage"',
        });
      },
    },
    {
      ...{ method: 'GET', path: '/login/passkey/register' },
      answer: exchange => exchange.json(passkey.users(exchange.viewer.name)),
    },
    {
      ...{ method: 'POST', path: '/login/passkey/register' },
      answer: exchange => exchange.json(passkey.register(exchange.viewer.name, exchange.body)),
    },
  ];
}

function wordOf(body: unknown): string {
  const { token } = fieldsOf(body);
  if (typeof token === 'string') return token;
  throw new TowlineError('PORTAL_MALFORMED', 'token is wanted');
}
