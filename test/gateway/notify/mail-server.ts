/** A mail server in the test's own process (smtp-server): what it is sent stands there, and it refuses when it is told to. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface Letter {
  readonly to: string;
  /** Header, in small letters → value, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly isSecure: boolean;
  readonly user: string | undefined;
}

export interface MailServerOptions {
  /** PEM; undefined: it knows no STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly implicit?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

export class MailServer implements AsyncDisposable {
  readonly letters: Letter[] = [];
  /** What is said to a recipient instead of yes. */
  refuse: (to: string) => { readonly code: number; readonly words: string } | undefined = () => undefined;
  readonly #server: SMTPServer;

  static async listen(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server.server, 'listening');
    return server;
  }

  private constructor({ tls, login, implicit = false }: MailServerOptions) {
    this.#server = new SMTPServer({
      ...tls,
      secure: implicit,
      ...(login === undefined ? { authOptional: true } : {}),
      ...{
        disabledCommands: [
          ...(login === undefined ? ['AUTH'] : []),
          ...(tls === undefined ? ['STARTTLS'] : []),
        ],
      },
      onAuth: ({ username, password }, _session, done) => {
        if (username === login?.user && password === login?.password) done(null, { user: username });
        else done(Object.assign(new Error(`no: ${password}`), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) => {
        const refused = this.refuse(address);
        if (refused === undefined) done();
        else done(Object.assign(new Error(refused.words), { responseCode: refused.code }));
      },
      onData: (stream, session, done) => {
        text(stream)
          .then(raw => {
            this.letters.push(...lettersOf(raw, session));
            done();
          })
          .catch(done);
      },
    });
    this.#server.on('error', () => undefined);
  }

  get port(): number {
    const address = this.#server.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}

interface Session {
  readonly envelope: { readonly rcptTo: readonly { readonly address: string }[] };
  readonly secure: boolean;
  readonly user?: unknown;
}

function lettersOf(raw: string, { envelope, secure, user }: Session): Letter[] {
  const [head = '', ...parts] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = new Map(
    lines.map(line => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
  const body = parts.join('\r\n\r\n').replaceAll('\r\n', '\n');
  return envelope.rcptTo.map(({ address: to }) => ({
    ...{ to, headers, body, isSecure: secure, user: typeof user === 'string' ? user : undefined },
  }));
}
