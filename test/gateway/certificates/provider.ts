/** A real OpenID provider (oidc-provider) on loopback, and a person's browser that walks through its forms. */
import { createServer, type Server } from 'node:http';
import { Provider } from 'oidc-provider';

export const clientId = 'towline';

/** The page of a portal, as a provider knows it. */
export const portalClient = {
  id: 'towline-portal',
  secret: 'of-the-portal',
  back: 'https://portal.example.com/api/v1/login/oidc/back',
} as const;

/** `await using` ends it. */
export class RealProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly #server: Server;

  static async start(): Promise<RealProvider> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new RealProvider(server);
  }

  private constructor(server: Server) {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    this.issuer = `http://127.0.0.1:${port}`;
    this.#server = server;
    const native = {
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
    } as const;
    const grants = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];
    const provider = new Provider(this.issuer, {
      clients: [
        { ...native, client_id: clientId, grant_types: grants },
        { ...native, client_id: 'another-program', grant_types: grants },
        {
          ...{ client_id: portalClient.id, client_secret: portalClient.secret, application_type: 'web' },
          token_endpoint_auth_method: 'client_secret_post',
          ...{ redirect_uris: [portalClient.back], response_types: ['code'] },
          grant_types: ['authorization_code'],
        },
      ],
      features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true } },
      claims: { openid: ['sub'], email: ['email'] },
      cookies: { keys: ['test'] },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => ({ sub, email: 'alice@acme.example' }),
      }),
    });
    // Words about a setup that is for tests alone.
    provider.on('server_error', () => {});
    server.on('request', provider.callback());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}

/** Follows redirects and sends the forms of oidc-provider’s development pages, as `sub`. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #sub: string;

  constructor(sub: string) {
    this.#sub = sub;
  }

  /** @returns the address at which it left the provider, or its last page */
  async visit(
    address: string,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ url: URL; page: string }> {
    let url = new URL(address);
    const { origin } = url;
    let body: URLSearchParams | undefined;
    for (let step = 0; step < 30; step += 1) {
      if (url.origin !== origin) return { url, page: '' };
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body === undefined ? {} : { body }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';');
        const at = pair.indexOf('=');
        this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const location = response.headers.get('location');
      body = undefined;
      if (location !== null) {
        url = new URL(location, url);
        continue;
      }
      const page = await response.text();
      const form = /<form[^>]*action="([^"]*)"/.exec(page);
      const isAsked = form !== null && response.status === 200;
      if (!isAsked) return { url, page };
      url = new URL(form[1]?.replaceAll('&amp;', '&') || url, url);
      body = new URLSearchParams();
      for (const [input] of page.matchAll(/<input[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(input)?.[1];
        const value = /value="([^"]*)"/.exec(input)?.[1] ?? '';
        if (name !== undefined) body.set(name, fields[name] ?? (name === 'login' ? this.#sub : value));
      }
    }
    throw new Error(`no end of ${address}`);
  }
}
