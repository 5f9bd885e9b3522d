/** A seeded pair of projects, an update from one to the other that is killed somewhere, and what must hold then. */
import assert from 'node:assert/strict';
import type { DesiredProject } from '../../core/desired/state.ts';
import { makeProject, type Services } from './desired.ts';
import type { DeviceRig } from './device-rig.ts';

/** mulberry32: small, seeded, good enough to pick cases. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const strategies = ['recreate', 'stop-first', 'handover', 'rolling'] as const;

/** What a seed makes up. What is handed over has no volume of its own. */
export function generate(
  name: string,
  image: string,
  basePort: number,
  random: (below: number) => number,
): DesiredProject {
  const services: Services = {};
  const strategy = strategies[random(strategies.length)] ?? 'recreate';
  const freePorts = [0, 1, 2];
  for (const service of ['a', 'b', 'c'].slice(0, 1 + random(3))) {
    const shares = service === 'c' && random(3) === 0;
    const port = random(2) === 0 ? freePorts.splice(random(freePorts.length), 1)[0] : undefined;
    services[service] = {
      image,
      restart: 'always',
      environment: { LEVEL: String(random(3)) },
      ...(strategy === 'handover' ? {} : { volumes: [{ type: 'volume', target: '/data', volume: {} }] }),
      ...(random(3) === 0 ? { configs: [{ source: 'app', target: '/etc/app' }] } : {}),
      ...(service !== 'a' && random(2) === 0
        ? { depends_on: { a: { condition: 'service_started', required: true, restart: random(2) === 0 } } }
        : {}),
      ...(shares
        ? { network_mode: 'service:a' }
        : random(2) === 0
          ? { networks: { default: null, back: null } }
          : {}),
      ...(port === undefined || shares
        ? {}
        : {
            ports: [
              { target: 80, host_ip: '127.0.0.1', published: String(basePort + port), protocol: 'tcp' },
            ],
          }),
    };
  }
  return makeProject(name, {
    services,
    networks: { back: { labels: { kind: String(random(2)) } } },
    configs: { app: { content: String(random(3)) } },
    update: { strategy, stablePeriodMs: 0 },
  });
}

async function volumes(rig: DeviceRig, services: readonly string[]): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (const service of services) {
    const { Mounts } = await rig.inspect(`${rig.project}-${service}-1`);
    found.push(Mounts?.find(({ Destination }) => Destination === '/data')?.Name);
  }
  return found;
}

async function killedPass(
  rig: DeviceRig,
  project: DesiredProject,
  steps: number,
  parallelSteps: number,
): Promise<void> {
  const killer = new AbortController();
  let count = 0;
  const around = async (_: unknown, run: () => Promise<void>) => {
    killer.signal.throwIfAborted();
    await run();
    if (++count >= steps) killer.abort(new Error('killed'));
  };
  try {
    await rig.pass([project], { signal: killer.signal, parallelSteps, around });
  } catch (error) {
    if (!killer.signal.aborted) throw error;
  }
  rig.restart();
}

/** Brings up A, updates to B and is killed, passes again: then B runs, whole and alone. */
export async function convergeGeneratedPair(rig: DeviceRig, image: string, seed: number): Promise<void> {
  const random = randomOf(seed);
  // Below the ports that the kernel gives to outgoing connections.
  const basePort = 21_000 + ((process.pid * 7 + seed * 3) % 11_000);
  const a = generate(rig.project, image, basePort, random);
  const b = generate(rig.project, image, basePort, random);
  const first = await rig.pass([a]);
  assert.match(
    first.outcome.outcome,
    /^(applied|unchanged)$/,
    `seed ${seed}: ${JSON.stringify(first.outcome)}`,
  );
  const shared = Object.keys(a.model.services).filter(service =>
    [a, b].every(({ model }) => model.services[service]?.volumes !== undefined),
  );
  const before = await volumes(rig, shared);
  await killedPass(rig, b, 1 + random(14), 1 + random(4));
  const { outcome } = await rig.pass([b]);
  assert.match(outcome.outcome, /^(applied|unchanged)$/, `seed ${seed}: ${JSON.stringify(outcome)}`);
  assert.deepEqual((await rig.plan([b])).steps, [], `seed ${seed}`);
  const running = (await rig.containers()).map(({ Names, State }) => `${Names[0]} ${State}`).sort();
  const wanted = Object.keys(b.model.services).map(service => `/${rig.project}-${service}-1 running`);
  assert.deepEqual(running, wanted.sort(), `seed ${seed}`);
  assert.deepEqual(await volumes(rig, shared), before, `seed ${seed}`);
}
