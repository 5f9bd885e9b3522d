/** The page for people, as a part of the gateway: its own port, who logs in there, and what they are told. */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { loadAssets } from '../../portal/assets.ts';
import { cookieOf, sessionCookie } from '../../portal/login/cookie.ts';
import { LoginDesk } from '../../portal/login/login-desk.ts';
import { loginEndpoints } from '../../portal/login/login-endpoints.ts';
import { LoginSessions } from '../../portal/login/login-sessions.ts';
import { OidcLogin } from '../../portal/login/oidc-login.ts';
import { PasskeyLogin } from '../../portal/login/passkey-login.ts';
import type { People } from '../../portal/login/proof.ts';
import { SshLogin } from '../../portal/login/ssh-login.ts';
import { Portal } from '../../portal/served/portal.ts';
import type { TlsFiles } from '../../portal/server/portal-server.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import type { Metric } from '../plain-port/metric.ts';
import { type GatewayHomeOptions, type OpenedHome, openGatewayHome } from './gateway-home.ts';
import { GatewayViewer } from './gateway-viewer.ts';
import { portalMetrics } from './portal-metrics.ts';
import type { PortalSettings } from './portal-settings.ts';

export interface PortalPartOptions extends GatewayHomeOptions {
  readonly settings: GatewayHomeOptions['settings'] & {
    readonly fleet: string;
    readonly listen: { readonly portal: PortalSettings | undefined };
  };
  readonly portal: PortalSettings;
}

/** Steps of logins of all addresses, in a minute. */
const allPerMinute = 1200;

export class PortalPart {
  readonly #options: PortalPartOptions;
  readonly #opened: OpenedHome;
  readonly #sessions: LoginSessions;
  readonly #desk: LoginDesk;
  readonly #portal: Portal;
  readonly #unsubscribe: () => void;

  /** @throws TowlineError GATEWAY_CONFIG_INVALID */
  static async open(options: PortalPartOptions): Promise<PortalPart> {
    const tls = await readTls(options.portal);
    const opened = await openGatewayHome(options);
    const login = openLogin(options);
    const portal = await Portal.open({
      ...{ home: opened.home, tls, page: loadAssets, upgrades: [] },
      origin: () => options.portal.origin,
      loginOf: request => {
        const token = cookieOf(request, sessionCookie);
        return token === undefined ? undefined : login.sessions.of(token);
      },
      endpoints: login.endpoints,
    });
    return new PortalPart(options, opened, { ...login, portal });
  }

  private constructor(
    options: PortalPartOptions,
    opened: OpenedHome,
    { sessions, desk, portal }: { sessions: LoginSessions; desk: LoginDesk; portal: Portal },
  ) {
    this.#options = options;
    this.#opened = opened;
    this.#sessions = sessions;
    this.#desk = desk;
    this.#portal = portal;
    this.#unsubscribe = options.view.onChange(() => sessions.judgeAgain());
  }

  /** @throws TowlineError PORTAL_LISTEN_FAILED */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options.portal.address;
    return await this.#portal.listen(host, port);
  }

  metrics(): readonly Metric[] {
    const { server, live } = this.#portal;
    const { counts } = this.#desk;
    return portalMetrics({ server, streams: live.size, logins: this.#sessions.size, counts });
  }

  state(): object {
    return { portal: { logins: this.#sessions.size } };
  }

  /** SIGHUP: certificate and key anew; what was in effect stays where they do not fit. @throws TowlineError GATEWAY_CONFIG_INVALID */
  async reload(): Promise<void> {
    const tls = await readTls(this.#options.portal);
    if (tls === undefined) return;
    try {
      this.#portal.server.useTls(tls);
    } catch (cause) {
      throw new TowlineError('GATEWAY_CONFIG_INVALID', `listen.portal: ${messageOf(cause)}`, { cause });
    }
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#sessions.close();
    await this.#portal.close();
    await this.#opened[Symbol.asyncDispose]();
  }
}

function openLogin({ settings, portal, view, audit, clock }: PortalPartOptions) {
  const people = peopleOf(view);
  const { fleet } = settings;
  const { origin, rpId, oidc } = portal;
  const sessions = new LoginSessions({
    ...{ people, clock },
    viewerOf: who => new GatewayViewer(view, who),
    ended: (who, from, message) =>
      audit.write({ action: 'login portal', outcome: 'ended', who, from, message }),
  });
  const [ofAddress, ofAll] = [portal.loginsPerMinute, allPerMinute].map(most => new RateLimiter(most, clock));
  const tries = (of: string) => (of === '' ? ofAll : ofAddress)?.take(of) ?? 0;
  const desk = new LoginDesk({ sessions, audit, tries, clock });
  const shared = { origin, fleet, people, clock };
  const endpoints = loginEndpoints({
    ...{ desk, fleet, ssh: new SshLogin(shared), passkey: new PasskeyLogin({ ...shared, rpId }) },
    oidc:
      oidc === undefined ? undefined : new OidcLogin({ ...shared, ...oidc, clientSecret: secretOf(oidc) }),
  });
  return { sessions, desk, endpoints };
}

/** By the view that is current, each time. */
function peopleOf(view: FleetViewHolder): People {
  return {
    named: name => view.current.operators.get(name),
    withSshKey: key => view.current.operatorBySshKey(key),
    all: () => view.current.operators.values(),
  };
}

function secretOf({ clientSecretFile: file }: NonNullable<PortalSettings['oidc']>) {
  return file === undefined ? undefined : async () => (await readFile(file, 'utf8')).trimEnd();
}

async function readTls({ tls }: PortalSettings): Promise<TlsFiles | undefined> {
  if (tls === undefined) return undefined;
  const read = (file: string) =>
    readFile(file, 'utf8').catch((cause: unknown) => {
      const message = `listen.portal: ${file}: ${messageOf(cause)}`;
      throw new TowlineError('GATEWAY_CONFIG_INVALID', message, { cause });
    });
  return { certificate: await read(tls.certificateFile), key: await read(tls.keyFile) };
}
