/** A real gateway with a page, over a really signed fleet. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeDeviceKeys } from '../../../core/io/device-keys.ts';
import type { SshKey } from '../../../lab/rig/keys.ts';
import type { TestDevice } from '../../gateway/rig/gateway.ts';
import { GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { PortalClient } from './portal-client.ts';

export const portalOrigin = 'https://portal.example.com';

/** Signs as a person does who was shown the text. */
export async function signedText(
  text: string,
  key: Pick<SshKey, 'file'>,
  namespace: string,
): Promise<string> {
  const run = promisify(execFile)('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key.file]);
  run.child.stdin?.end(text);
  return (await run).stdout;
}

export class PortalGateway implements AsyncDisposable {
  readonly fleet: TestFleet;
  readonly gateway: GatewayProgram;
  readonly port: number;
  readonly certificate: string;
  readonly origin: string;

  /** @param more lines below `portal:` of gateway.yaml, indented by four @param settings more of the file */
  static async start(
    devices: readonly TestDevice[],
    more: readonly string[] = [],
    settings = '',
    { origin = portalOrigin, port = 0 }: { readonly origin?: string; readonly port?: number } = {},
  ): Promise<PortalGateway> {
    const fleet = await TestFleet.make(devices);
    try {
      await fleet.init();
      const files = placeTls(fleet.folder, 'portal');
      const lines = [`bind: 127.0.0.1:${port}`, `origin: ${origin}`, ...files, ...more];
      const text = readFileSync(fleet.config, 'utf8');
      const portal = `listen:\n  portal:\n${lines.map(line => `    ${line}\n`).join('')}`;
      if (!/^listen:\n/m.test(text)) throw new Error('gateway.yaml has no listen');
      writeFileSync(fleet.config, `${text.replace(/^listen:\n/m, portal)}${settings}`);
      const gateway = await GatewayProgram.start(fleet.config);
      return new PortalGateway(fleet, gateway, origin);
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(fleet: TestFleet, gateway: GatewayProgram, origin: string) {
    this.origin = origin;
    this.fleet = fleet;
    this.gateway = gateway;
    this.port = gateway.port('portal');
    this.certificate = readFileSync(join(fleet.folder, 'portal.crt'), 'utf8');
  }

  client(ca = this.certificate): PortalClient {
    return new PortalClient({ port: this.port, origin: this.origin, ca });
  }

  /** Somebody who has logged in by their key. */
  async loggedIn(key: Pick<SshKey, 'file'> = this.fleet.operator): Promise<PortalClient> {
    const client = this.client();
    const begun = await client.post('/login/ssh/begin', {});
    const signature = await signedText(String(begun.json.text), key, 'towline-login');
    const { status, text, json } = await client.post('/login/ssh/finish', { id: begun.json.id, signature });
    if (status !== 200) throw new Error(text);
    client.csrf = String(json.csrf);
    return client;
  }

  /** The file of alice, with these lines besides; or with other keys. */
  async commitOperator(more: readonly string[], keys = [this.fleet.operator.publicKey]): Promise<void> {
    const lines = [
      ...['apiVersion: towline/v1', 'sshKeys:', ...keys.map(key => `  - ${key}`)],
      ...['git: { fleet: write, telemetry: read }', 'tunnels: [{ all: true }]', ...more, ''],
    ];
    await this.commit({ 'operators/alice.yaml': lines.join('\n') });
  }

  /** Files of the fleet, committed and pushed. */
  async commit(files: Readonly<Record<string, string | null>>): Promise<void> {
    await this.fleet.repository.commit({ signer: this.fleet.operator, files });
    const pushed = await this.fleet.push(this.gateway);
    if (pushed.code !== 0) throw new Error(pushed.stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** @returns the lines of gateway.yaml that name them */
export function placeTls(folder: string, name: string): readonly string[] {
  const { tlsCertificate, tlsKey } = makeDeviceKeys('portal', [
    'portal.example.com',
    'localhost',
    '127.0.0.1',
  ]);
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  writeFileSync(certificate, tlsCertificate);
  writeFileSync(key, tlsKey, { mode: 0o600 });
  return [`certificateFile: ${certificate}`, `keyFile: ${key}`];
}
