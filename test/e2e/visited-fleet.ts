/** A device with a container and an sshd, all ways in to it, and a provider of its people: what visits are tried with. */
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { EngineView } from '../../lab/fleet/engine-view.ts';
import { ensureEngine } from '../../lab/machine/engine.ts';
import { freePort } from '../../lab/machine/free-port.ts';
import { ImageMaker } from '../../lab/machine/images.ts';
import { startRegistry } from '../../lab/machine/registry.ts';
import { type Sshd, startSshd } from '../../lab/rig/sshd.ts';
import { TunnelFleet } from '../cli/tunnel/tunnel-desk.ts';
import { clientId, RealProvider } from '../gateway/certificates/provider.ts';

export const id = `visited-${process.pid}`;
/** Who alice is at the provider. */
export const sub = '248289761001';

const app = (repository: string, digest: string) => {
  const image = `${repository}:latest`;
  const services = { web: { image, stop_grace_period: '1s' }, other: { image, stop_grace_period: '1s' } };
  const images = { web: { image, digest }, other: { image, digest } };
  const update = { healthTimeout: '20s', stablePeriod: '100ms' };
  const folder = 'apps/shop/releases/1';
  return {
    [`${folder}/compose.yaml`]: stringify({ services }),
    [`${folder}/app.yaml`]: stringify({ apiVersion: 'towline/v1', update }),
    [`${folder}/release.yaml`]: stringify({ apiVersion: 'towline/v1', version: '1', images }),
  };
};

export class VisitedFleet implements AsyncDisposable {
  readonly tunnels: TunnelFleet;
  readonly provider: RealProvider;
  readonly sshd: Sshd;
  /** The device's own at the gateway. */
  readonly port: number;
  readonly #cleanUp: AsyncDisposableStack;

  static async start(): Promise<VisitedFleet> {
    await using cleanUp = new AsyncDisposableStack();
    const engine = await ensureEngine();
    cleanUp.defer(() => engine.stop());
    const registry = await startRegistry();
    cleanUp.defer(() => registry.stop());
    const maker = new ImageMaker(engine.socket, registry.address);
    cleanUp.defer(() => maker.forget());
    const { repository, digest } = await maker.push('web', '1', 'worker');
    const view = new EngineView(engine.socket);
    cleanUp.defer(() => view.clear(id));
    const provider = cleanUp.use(await RealProvider.start());
    // Below /run all is root's, which sshd wants of the command and of every folder above it.
    const folder = await mkdtemp('/run/tl-visited-');
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755);
    const command = path.join(folder, 'authorized-keys');
    await copyFile(path.join(import.meta.dirname, '../../deploy/authorized-keys'), command);
    const sshd = await startSshd([
      'Match Address 127.0.0.1,::1',
      `  AuthorizedKeysCommand ${command} %u %t %k ${folder}/run-logins/granted`,
      '  AuthorizedKeysCommandUser root',
    ]);
    cleanUp.defer(() => sshd.stop());
    const [access, signer] = [
      await makeKey(path.join(folder, 'access')),
      await makeKey(path.join(folder, 'signer')),
    ];
    const port = await freePort();
    const tunnels = cleanUp.use(
      await TunnelFleet.start({
        devices: [id],
        people: ['bob'],
        fleet: ['poll: { jitter: 0s }', `tunnels: { ports: { from: ${port}, to: ${port} } }`],
        gateway: {
          file: {
            access: { keyFile: access.file },
            oidc: { issuer: provider.issuer, clientId, keyFile: signer.file },
          },
          entry: { accessKeys: [access.line], certificateKeys: [signer.line] },
        },
        files: (keys, devices) => ({
          ...app(repository, digest),
          'operators/alice.yaml': `apiVersion: towline/v1\nsshKeys: ["${keys.get('alice')?.publicKey}"]\ngit: { fleet: write, telemetry: read }\ntunnels: [{ all: true }]\noidc: [{ iss: "${provider.issuer}", sub: "${sub}" }]\n`,
          'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${keys.get('bob')?.publicKey}"]\ngit: { fleet: read }\ntunnels: [{ all: true }]\n`,
          [`devices/${id}.yaml`]: [
            `${devices.get(id)}hostKeys: ["${sshd.hostKey}"]`,
            'apps: { shop: { release: "1" } }',
            'access:',
            `  port: ${port}`,
            `  targets: [{ name: ssh, port: ${sshd.port} }]`,
            '  services: [{ app: shop, service: web }, { app: shop, service: other }]',
            '  viaGateway: { operators: [alice], services: [shop.web] }',
            '',
          ].join('\n'),
        }),
      }),
    );
    const settings = {
      engineSocket: engine.socket,
      projectPrefix: `${id}-`,
      runtimeDirectory: `${folder}/run`,
    };
    await tunnels.agent(id, settings);
    return new VisitedFleet({ tunnels, provider, sshd, port }, cleanUp.move());
  }

  private constructor(
    parts: Pick<VisitedFleet, 'tunnels' | 'provider' | 'sshd' | 'port'>,
    cleanUp: AsyncDisposableStack,
  ) {
    this.tunnels = parts.tunnels;
    this.provider = parts.provider;
    this.sshd = parts.sshd;
    this.port = parts.port;
    this.#cleanUp = cleanUp;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

async function makeKey(file: string): Promise<{ file: string; line: string }> {
  const text = makeSshPrivateKey('test');
  await writeDurably(file, text, { mode: 0o600 });
  return { file, line: readSshPrivateKey(text).publicLine };
}
