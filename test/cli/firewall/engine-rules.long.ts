/** The rules of a device beside those of a real Docker, by either backend of iptables: published ports, apps, bridges of known names. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import Docker from 'dockerode';
import { networkName } from '../../../core/desired/service-networks.ts';
import { networkSpec } from '../../../core/plan/container/networking.ts';
import { portsSpec } from '../../../core/plan/container/ports.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { ImageMaker } from '../../../lab/machine/images.ts';
import { findCommand } from '../../../lab/machine/packages.ts';
import { Namespaces } from './namespaces.ts';
import { listening } from './probe.ts';
import { apps, bridge, device, listens, makeSite, rules, type Site, tryAll } from './site.ts';
import { forbidden, forbiddenBetween, works } from './tries.ts';

const image = 'towline-firewall:1';

/** Programs by which the engine makes its rules, first on its PATH. */
function backend(name: 'nft' | 'legacy'): Disposable {
  const folder = mkdtempSync(path.join(tmpdir(), 'tl-fw-'));
  const before = process.env.PATH;
  for (const program of ['iptables', 'ip6tables'])
    symlinkSync(findCommand(`${program}-${name}`) ?? '', path.join(folder, program));
  process.env.PATH = `${folder}:${before ?? ''}`;
  return {
    [Symbol.dispose]: () => {
      process.env.PATH = before;
      rmSync(folder, { recursive: true });
    },
  };
}

interface Made {
  readonly address: readonly [string, string];
  readonly pid: number;
}

/** As the agent makes them: networks and ports of the model. */
async function makeApps(engine: Docker): Promise<Map<string, Made>> {
  const made = new Map<string, Made>();
  for (const [index, { app, model }] of apps.entries()) {
    const spec = networkSpec(model, 'front');
    const IPAM = { Driver: 'default', Config: [{ Subnet: `fd99:${index + 1}::/64` }] };
    await engine.createNetwork({ ...spec, Name: networkName(model, 'front'), IPAM });
    for (const [name, service] of Object.entries(model.services)) {
      const { exposed, bindings } = portsSpec(service);
      const container = await engine.createContainer({
        ...{
          Image: image,
          ExposedPorts: exposed,
          NetworkingConfig: { EndpointsConfig: { [networkName(model, 'front')]: {} } },
        },
        HostConfig: { PortBindings: bindings, NetworkMode: networkName(model, 'front') },
      });
      await container.start();
      const { State, NetworkSettings } = await container.inspect();
      const [endpoint] = Object.values(NetworkSettings.Networks);
      const address = [endpoint?.IPAddress ?? '', endpoint?.GlobalIPv6Address ?? ''] as const;
      made.set(name === 'side' ? `${app}-side` : app, { address, pid: State.Pid });
    }
  }
  return made;
}

function found(made: ReadonlyMap<string, Made>, name: string): Made {
  const container = made.get(name);
  assert.ok(container, name);
  return container;
}

for (const kind of ['nft', 'legacy'] as const) {
  test(`beside the rules that Docker makes by iptables-${kind}, what a device needs works, and nothing else does`, async () => {
    using spaces = new Namespaces();
    using _ = backend(kind);
    makeSite(spaces);
    const settings = { experimental: true, ip6tables: true };
    const own = await startOwnEngine({ namespace: spaces.nameOf('device'), settings });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => own.stop());
    await new ImageMaker(own.socket, 'none').build(image, 'worker');
    const made = await makeApps(new Docker({ socketPath: own.socket }));
    for (const app of ['alpha', 'beta'])
      assert.match(spaces.in('device', ['ip', '-br', 'link']), new RegExp(`^${bridge(app)} `, 'm'));
    const network = (name: string) => `/proc/${found(made, name).pid}/ns/net`;
    const addressOf = (name: string) => found(made, name).address;
    for (const [four, six] of [...made.values()].map(({ address }) => address))
      spaces.ip('lan', `route add ${four}/32 via ${device[0]}`, `route add ${six}/128 via ${device[1]}`);
    const listeners = [
      listening(spaces.pathOf('lan'), listens.lan),
      listening(spaces.pathOf('device'), listens.device),
      ...[...made.keys()].map(name => listening(network(name), listens.container)),
    ];
    for (const listener of await Promise.all(listeners)) stack.use(listener);
    const site: Site = {
      networks: {
        ...{ device: spaces.pathOf('device'), lan: spaces.pathOf('lan') },
        ...{ alpha: network('alpha'), beta: network('beta'), gamma: network('gamma') },
      },
      containers: {
        ...{ alpha: addressOf('alpha'), 'alpha-side': addressOf('alpha-side'), beta: addressOf('beta') },
        ...{ gamma: addressOf('gamma'), 'gamma-side': addressOf('gamma-side') },
      },
    };
    const all = [...forbidden, ...forbiddenBetween];
    const open = await tryAll(site, works, 60_000);
    assert.deepEqual(
      open.filter(({ answered }) => !answered),
      [],
      'without our rules, what is needed works',
    );
    const before = await tryAll(site, all, 10_000);
    const answered = before.filter(each => each.answered).map(({ name }) => name);
    assert.ok(answered.length >= 40, `Docker alone lets through: ${answered.join('\n')}`);

    const dockers = spaces.in('device', [findCommand(`iptables-${kind}`) ?? '', '-S']);
    assert.match(dockers, /-j DOCKER/);
    spaces.load('device', rules());
    spaces.load('device', rules());
    assert.equal(spaces.in('device', [findCommand(`iptables-${kind}`) ?? '', '-S']), dockers);
    const needed = await tryAll(site, works, 60_000);
    assert.deepEqual(
      needed.filter(each => !each.answered),
      [],
    );
    const slowestMs = Math.max(...[...open, ...needed].map(({ tookMs }) => tookMs));
    const refused = await tryAll(site, all, Math.ceil(Math.max(2_000, 5 * slowestMs)));
    assert.deepEqual(
      refused.filter(each => each.answered).map(({ name }) => name),
      [],
    );
  });
}
