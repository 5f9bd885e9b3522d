/** A gateway with a page, a device with an agent and an engine, releases of an app, and the person's clone: all of it real. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { writeDurably } from '../../../../core/io/file/durable-file.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../../../core/io/openssh-key.ts';
import { EngineView, type RunningService } from '../../../../lab/fleet/engine-view.ts';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { ensureEngine } from '../../../../lab/machine/engine.ts';
import { ImageMaker, type PushedImage } from '../../../../lab/machine/images.ts';
import { startRegistry } from '../../../../lab/machine/registry.ts';
import type { SshKey } from '../../../../lab/rig/keys.ts';
import { type Desk, TunnelFleet } from '../../../cli/tunnel/tunnel-desk.ts';
import { placeTls, portalOrigin } from '../../rig/portal-gateway.ts';

export const device = `portal-${process.pid}`;
/** Nothing runs it: it comes second in a rollout. */
const later = `${device}-later`;

/** The same image in two releases, told apart by what their container is told. */
function release(version: string, { repository, digest }: PushedImage): Record<string, string> {
  const image = `${repository}:1`;
  const services = { web: { image, environment: { RELEASE: version }, stop_grace_period: '1s' } };
  const update = { healthTimeout: '20s', stablePeriod: '100ms' };
  const folder = `apps/shop/releases/${version}`;
  return {
    [`${folder}/compose.yaml`]: stringify({ services }),
    [`${folder}/app.yaml`]: stringify({ apiVersion: 'towline/v1', update }),
    [`${folder}/release.yaml`]: stringify({
      ...{ apiVersion: 'towline/v1', version, images: { web: { image, digest } } },
      notes: `Release ${version} of the shop.`,
    }),
  };
}

const firstRelease = 'apiVersion: towline/v1\napps: { shop: { release: "1" } }\n';

/** To the second release, by a gate that asks nothing; it has not begun. */
const rollout = stringify({
  ...{ apiVersion: 'towline/v1', app: 'shop', from: ['1'], to: '2' },
  stages: [
    { name: 'first', select: { groups: ['shops'] }, hold: '1s' },
    { name: 'all', select: { all: true } },
  ],
  stage: 0,
});

/** @param passkeys that sign, of alice; none: the policy knows no page */
export function policy(key: SshKey, passkeys: readonly string[]): string {
  const web = { origins: [portalOrigin], verification: 'required' };
  const paths = ['devices/**'];
  return stringify({
    ...{ apiVersion: 'towline/v1', fleet: 'acme', version: 2, walk: 2 },
    ...(passkeys.length === 0 ? {} : { webauthn: web }),
    principals: { alice: { ssh: [key.publicKey], ...(passkeys.length === 0 ? {} : { passkeys }) } },
    roles: { root: { principals: ['alice'] }, portal: { principals: ['alice'] } },
    rules:
      passkeys.length === 0
        ? []
        : [
            { paths, only: ['/paused', '/tunnel'], roles: ['portal'], passkeys: true },
            ...['advance', 'pause'].map(change => ({
              ...{ paths: ['rollouts/*/*.yaml'], change, roles: ['portal'], passkeys: true },
            })),
          ],
  });
}

const operator = (key: SshKey) =>
  stringify({
    ...{ apiVersion: 'towline/v1', sshKeys: [key.publicKey], git: { fleet: 'write', telemetry: 'read' } },
    ...{ tunnels: [{ all: true }], bundles: [{ all: true }] },
  });

export class WholeFleet implements AsyncDisposable {
  readonly tunnels: TunnelFleet;
  readonly view: EngineView;
  readonly agent: Awaited<ReturnType<TunnelFleet['agent']>>;
  readonly alice: Desk;
  readonly key: SshKey;
  readonly #cleanUp: AsyncDisposableStack;

  static async start(): Promise<WholeFleet> {
    await using cleanUp = new AsyncDisposableStack();
    const engine = await ensureEngine();
    cleanUp.defer(() => engine.stop());
    const registry = await startRegistry();
    cleanUp.defer(() => registry.stop());
    const maker = new ImageMaker(engine.socket, registry.address);
    cleanUp.defer(() => maker.forget());
    const image = await maker.push('shop/web', '1', 'worker');
    const view = new EngineView(engine.socket);
    cleanUp.defer(() => view.clear(device));
    const folder = await mkdtemp('/run/tl-portal-');
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755);
    const access = await makeKey(path.join(folder, 'access'));
    const tunnels = cleanUp.use(
      await TunnelFleet.start({
        devices: [device, later],
        fleet: [
          'poll: { jitter: 0s, schedule: "*/2 * * * * *" }',
          'telemetry: { schedule: "*/5 * * * * *" }',
        ],
        gateway: {
          file: {
            access: { keyFile: access.file },
            registries: { [registry.address]: { url: `http://${registry.address}` } },
          },
          entry: { accessKeys: [access.line] },
          listen: at => ({ portal: portalListen(at) }),
        },
        files: (keys, devices) => ({
          ...release('1', image),
          ...release('2', image),
          'operators/alice.yaml': operator(keyOf(keys)),
          'groups/shops.yaml': firstRelease,
          'groups/stores.yaml': firstRelease,
          [`devices/${later}.yaml`]: `${devices.get(later)}groups: [stores]\n`,
          'rollouts/shop/second.yaml': rollout,
          [`devices/${device}.yaml`]: [
            devices.get(device),
            'groups: [shops]',
            'access:',
            '  services: [{ app: shop, service: web }]',
            '  viaGateway: { operators: [alice], services: [shop.web] }',
            '',
          ].join('\n'),
        }),
      }),
    );
    const agent = await tunnels.agent(device, {
      ...{ engineSocket: engine.socket, projectPrefix: `${device}-` },
      runtimeDirectory: `${folder}/run`,
    });
    const alice = await tunnels.desk('alice');
    return new WholeFleet({ tunnels, view, agent, alice, key: keyOf(tunnels.keys) }, cleanUp.move());
  }

  private constructor(
    parts: Pick<WholeFleet, 'tunnels' | 'view' | 'agent' | 'alice' | 'key'>,
    cleanUp: AsyncDisposableStack,
  ) {
    this.tunnels = parts.tunnels;
    this.view = parts.view;
    this.agent = parts.agent;
    this.alice = parts.alice;
    this.key = parts.key;
    this.#cleanUp = cleanUp;
  }

  get port(): number {
    return this.tunnels.gateway.port('portal');
  }

  /** A file of the fleet, as alice changes it by hand. */
  async commit(file: string, text: string): Promise<void> {
    const { alice } = this;
    await alice.git('pull', '-q', '--rebase', 'origin', 'main');
    await writeDurably(path.join(alice.directory, file), text, { mode: 0o644 });
    await alice.git('add', file);
    await alice.git('commit', '-q', '-S', '-m', `Change ${file}\n\nTowline-Ref: acme/main`);
    await alice.git('push', '-q', 'origin', 'HEAD:main');
  }

  /** The container of the app, once it runs this release. */
  async runs(version: string): Promise<RunningService> {
    return await waitUntil(`release ${version} to run`, async () => {
      if (this.agent.child.exitCode !== null) throw new Error(this.agent.log());
      const [service] = await this.view.services(device);
      if (service?.state !== 'running') return undefined;
      const said = await this.view.execute(service.containerId, ['env']);
      return said.includes(`RELEASE=${version}`) ? service : undefined;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

function keyOf(keys: ReadonlyMap<string, SshKey>): SshKey {
  const key = keys.get('alice');
  if (key === undefined) throw new Error('alice has no key');
  return key;
}

function portalListen(folder: string): object {
  const files = placeTls(folder, 'portal').map(line => line.split(': '));
  return { bind: '127.0.0.1:0', origin: portalOrigin, loginsPerMinute: 1000, ...Object.fromEntries(files) };
}

async function makeKey(file: string): Promise<{ file: string; line: string }> {
  const text = makeSshPrivateKey('test');
  await writeDurably(file, text, { mode: 0o600 });
  return { file, line: readSshPrivateKey(text).publicLine };
}
