/** A real gateway with a page, a fleet whose policy counts a passkey for pauses, people with more and less right, and a device. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:tls';
import { stringify } from 'yaml';
import { writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { certificatePin } from '../../../core/io/https/tls-pins.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import type { Intent, Proposal } from '../../../portal/api/types.generated.ts';
import { type TestDevice, testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile } from '../../gateway/rig/program.ts';
import { SoftPasskey, type Twist } from '../../rig/soft-authenticator.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway, portalOrigin } from '../rig/portal-gateway.ts';

export class PasskeyGateway implements AsyncDisposable {
  readonly made: PortalGateway;
  readonly device: TestDevice;
  readonly passkey = new SoftPasskey(portalOrigin);
  /** Of bob, who has no rule. */
  readonly other = new SoftPasskey(portalOrigin);
  readonly carol: SshKey;
  readonly dave: SshKey;

  static async start(): Promise<PasskeyGateway> {
    const devices = ['pump-1', 'pump-2', 'pump-3'].map(id => testDevice(id));
    const made = await PortalGateway.start(devices);
    const [device] = devices;
    if (device === undefined) throw new Error('there is no device');
    return new PasskeyGateway(made, device, await makeSshKey(), await makeSshKey());
  }

  private constructor(made: PortalGateway, device: TestDevice, carol: SshKey, dave: SshKey) {
    this.made = made;
    this.device = device;
    this.carol = carol;
    this.dave = dave;
  }

  get repository() {
    return this.made.fleet.repository;
  }

  /** carol asks, dave reads; alice and bob have passkeys; alice's counts for pauses. */
  async settle(): Promise<void> {
    const operator = (key: SshKey, fleet: string) =>
      stringify({ apiVersion: 'towline/v1', sshKeys: [key.publicKey], git: { fleet, telemetry: 'read' } });
    const policy = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', version: 2, walk: 2 },
      webauthn: { origins: [portalOrigin] },
      principals: {
        alice: { ssh: [this.made.fleet.operator.publicKey], passkeys: [this.passkey.line] },
        bob: { passkeys: [this.other.line] },
      },
      roles: { root: { principals: ['alice'] }, portal: { principals: ['alice'] } },
      rules: [{ paths: ['devices/**'], only: ['/paused'], roles: ['portal'], passkeys: true }],
    };
    await this.made.commit({
      'operators/carol.yaml': operator(this.carol, 'request'),
      'operators/dave.yaml': operator(this.dave, 'read'),
      'trust/policy.yaml': stringify(policy),
    });
  }

  /** In the gateway's fleet.git. */
  async main(): Promise<string> {
    const git = path.join(this.made.fleet.folder, 'state', 'fleet.git');
    return (await this.repository.git(['--git-dir', git, 'rev-parse', 'main'])).trim();
  }

  async refs(prefix: string): Promise<string[]> {
    const git = path.join(this.made.fleet.folder, 'state', 'fleet.git');
    const listed = await this.repository.git([
      '--git-dir',
      git,
      'for-each-ref',
      '--format=%(refname)',
      prefix,
    ]);
    return listed.split('\n').filter(line => line !== '');
  }

  /** Its own program, once; without an engine. @returns what it says of main */
  async deviceLooks(): Promise<{ readonly trusted: string; readonly stopped: string | undefined }> {
    const folder = path.join(this.made.fleet.folder, `device-${Date.now()}`);
    const stateDirectory = path.join(folder, 'state');
    await mkdir(folder, { recursive: true });
    await writeDeviceKeys(path.join(stateDirectory, 'keys'), this.device.keys);
    const gateway = { address: `127.0.0.1:${this.made.gateway.devices}`, tlsPins: [await this.#pin()] };
    const config = path.join(folder, 'agent.yaml');
    const own = {
      apiVersion: 'towline/v1',
      fleet: 'acme',
      device: this.device.id,
      anchor: this.made.fleet.anchor,
    };
    const engineSocket = path.join(folder, 'none.sock');
    await writeFile(config, stringify({ ...own, gateways: [gateway], stateDirectory, engineSocket }));
    const { stdout, stderr } = await runAgent(['--config', config, '--once', '--json']).ended;
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
    if (said.trusted === undefined) throw new Error(`${stdout}${stderr}`);
    return { trusted: said.trusted, stopped: said.stopped?.code };
  }

  #pin(): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.made.gateway.devices, rejectUnauthorized: false };
      const socket = connect(options, () => {
        const certificate = socket.getPeerX509Certificate();
        socket.destroy();
        if (certificate === undefined) reject(new Error('no certificate'));
        else resolve(certificatePin(certificate));
      });
      socket.once('error', reject);
    });
  }

  /** The file of a device as it was made. */
  file(more: readonly string[] = []): string {
    return deviceFile(this.device, more);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.made[Symbol.asyncDispose]();
    await this.carol.remove();
    await this.dave.remove();
  }
}

export async function propose(client: PortalClient, intent: Intent): Promise<Proposal> {
  const { status, json, text } = await client.post('/changes', intent);
  if (status !== 201) throw new Error(text);
  return json as unknown as Proposal;
}

/** What the page sends after the browser has asked. */
export function assertionOf(passkey: SoftPasskey, proposal: Proposal, twist: Twist = {}) {
  const challenge = Buffer.from(String(proposal.challenge?.challenge), 'base64url');
  const { clientDataJSON: clientDataJson, ...rest } = passkey.assert(challenge, twist);
  return { way: 'passkey', assertion: { ...rest, clientDataJson } };
}
