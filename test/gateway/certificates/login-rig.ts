/** A gateway that makes certificates for people of a real provider, and whose people’s port takes them. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { browserFlow } from '../../../cli/login/browser-flow.ts';
import { GatewayDesk } from '../../../cli/login/gateway-desk.ts';
import { type LoginKey, ownKey, writeCertificate } from '../../../cli/login/login-key.ts';
import { provider } from '../../../cli/login/provider.ts';
import { loginNonce } from '../../../core/access/certificate/login-nonce.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { tlsPin } from '../../../core/io/https/tls-pins.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../../core/io/openssh-key.ts';
import { Certificates } from '../../../gateway/certificates/certificates.ts';
import type { OidcSettings } from '../../../gateway/certificates/oidc-settings.ts';
import { DevicePort } from '../../../gateway/device-port/device-port.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { Rig, type RigOptions } from '../../../lab/rig/tunnel-rig.ts';
import { type AccessFleet, accessView } from '../access/access-view.ts';
import { Browser, clientId, RealProvider } from './provider.ts';

export const sub = '248289761001';

interface Offering {
  readonly address: string;
  readonly tlsPins: readonly string[];
}

export class LoginRig implements AsyncDisposable {
  readonly rig: Rig;
  readonly provider: RealProvider;
  readonly desk: GatewayDesk;
  /** As fleet.yaml has it. */
  readonly gateway: Offering;
  readonly #port: DevicePort;
  readonly #signer: string;

  static async start(more: Partial<OidcSettings> = {}, ofRig: RigOptions = {}): Promise<LoginRig> {
    const rig = await Rig.start(ofRig);
    const real = await RealProvider.start();
    const keyFile = join(rig.folder, 'signer');
    const signer = makeSshPrivateKey('signer');
    await writeFile(keyFile, signer, { mode: 0o600 });
    const oidc: OidcSettings = {
      ...{ issuer: real.issuer, clientId, keyFile, lifetimeMs: 3_600_000, deviceFlow: true },
      ...{ loginsPerMinute: 100, ...more },
    };
    const { view, clock, audits } = rig;
    const audit = { write: (event: (typeof audits)[number]) => void audits.push(event) };
    const keys = makeDeviceKeys('gateway');
    const port = new DevicePort({
      ...{ view, clock, audit, log: pino({ level: 'silent' }), requestTimeoutMs: 10_000 },
      ...{ waitingDevice: () => undefined, hasLeft: () => false },
      tls: { key: keys.tlsKey, certificate: keys.tlsCertificate },
      limits: { maxRequests: 8, requestsPerMinute: 1000, maxConnections: 8, maxHandshakes: 16 },
    });
    const certificates = await Certificates.open({ oidc, view, audit, clock });
    certificates.mount(port);
    const { port: number } = await port.listen('127.0.0.1', 0);
    const pin = tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'));
    const gateway = { address: `127.0.0.1:${number}`, tlsPins: [pin] };
    const made = new LoginRig(rig, real, gateway, port, readSshPrivateKey(signer).publicLine);
    await made.publish();
    return made;
  }

  private constructor(rig: Rig, real: RealProvider, gateway: Offering, port: DevicePort, signer: string) {
    this.rig = rig;
    this.provider = real;
    this.gateway = gateway;
    this.desk = new GatewayDesk([{ ...gateway, sshHostKeys: [] }]);
    this.#port = port;
    this.#signer = signer;
  }

  async publish(fleet: AccessFleet = {}, known = sub): Promise<void> {
    const gateway = { certificateKeys: [this.#signer] };
    const person = { oidc: [{ iss: this.provider.issuer, sub: known }] };
    this.rig.view.publish(await accessView(this.rig.folder, { gateway, person, ...fleet }));
  }

  async key(name: string, type = 'ed25519'): Promise<LoginKey> {
    await makeKeyFile(join(this.rig.folder, name), type);
    return await ownKey(join(this.rig.folder, name));
  }

  /** As `towline login` does it, with somebody at the browser. */
  async token(
    key: LoginKey,
    by: { readonly sub?: string; readonly client?: string; readonly from?: RealProvider } = {},
  ): Promise<{ token: string; salt: string; flow: 'browser' }> {
    const salt = randomBytes(16);
    const nonce = loginNonce(Buffer.from(key.line.split(' ')[1] ?? '', 'base64'), salt);
    const { issuer } = by.from ?? this.provider;
    const offer = { issuer, clientId: by.client ?? clientId, deviceFlow: false };
    const config = await provider(offer, new Set([issuer]));
    const signal = AbortSignal.timeout(30_000);
    let walked: Promise<unknown> = Promise.resolve();
    const atBrowser = (address: string) => {
      walked = new Browser(by.sub ?? sub).visit(address).then(({ url }) => fetch(url));
    };
    const token = await browserFlow({ config, nonce }, atBrowser, signal);
    await walked;
    return { token, salt: salt.toString('base64url'), flow: 'browser' };
  }

  /** @returns the operator that the certificate is for; it lies beside the key */
  async logIn(key: LoginKey): Promise<string> {
    const made = await this.desk.certificate(
      { ...(await this.token(key)), key: key.line },
      AbortSignal.timeout(60_000),
    );
    await writeCertificate(key, made.line);
    return made.operator;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.desk[Symbol.asyncDispose]();
    await this.#port.close(0);
    await this.provider[Symbol.asyncDispose]();
    await this.rig[Symbol.asyncDispose]();
  }
}
