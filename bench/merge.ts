/**
 * Merge to running: from the end of `git push` of a signed commit to the new container being healthy, its image being on
 * the device, less what such a container needs for its own start. Ours is told by a hint; the peer looks every ten
 * seconds, which is ours' poll interval, too: the same agent, started by a timer for one pass.
 */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Docker from 'dockerode';
import { FleetRig } from '../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../lab/fleet/make-fleet.ts';
import { silent } from '../lab/fleet/narrator.ts';
import { publish, release } from '../lab/fleet/publish.ts';
import { firstRelease } from '../lab/fleet/releases.ts';
import { waitUntil } from '../lab/fleet/wait-until.ts';
import { bundle } from '../scripts/bundle.ts';
import { type BenchFigure, figure, median } from './figure.ts';

const pollMs = 10_000;
const rounds = 7;
const lookEveryMs = 10;

/** Milliseconds until this container is healthy, from now on. */
async function untilHealthy(container: Docker.Container): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { State } = await container.inspect();
    if (State.Health?.Status === 'healthy') return performance.now() - start;
    if (performance.now() - start > 60_000) throw new Error('a container does not become healthy');
    await setTimeout(lookEveryMs);
  }
}

/** Milliseconds until this device's web container, other than `before`, is healthy. */
async function untilReplaced(rig: FleetRig, docker: Docker, device: string, before: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const found = (await rig.view.services(device)).find(({ service }) => service === 'web');
    if (found !== undefined && found.containerId !== before && found.state === 'running') {
      await untilHealthy(docker.getContainer(found.containerId));
      return performance.now() - start;
    }
    if (performance.now() - start > 120_000) throw new Error(`${device} does not replace its container`);
    await setTimeout(lookEveryMs);
  }
}

const webOf = async (rig: FleetRig, device: string) =>
  (await rig.view.services(device)).find(({ service }) => service === 'web')?.containerId ?? '';

/** What the same container needs from creation to healthy when nobody but the engine has a part in it. */
async function ownStart(docker: Docker, id: string): Promise<number> {
  const { Config } = await docker.getContainer(id).inspect();
  const { Image, Env, Cmd, Entrypoint, Healthcheck } = Config as Docker.ContainerCreateOptions;
  const start = performance.now();
  const copy = await docker.createContainer({
    Image,
    Env,
    Cmd,
    Entrypoint,
    Healthcheck,
  } as Docker.ContainerCreateOptions);
  try {
    await copy.start();
    await untilHealthy(copy);
    return performance.now() - start;
  } finally {
    await copy.remove({ force: true, v: true });
  }
}

async function prepare(rig: FleetRig): Promise<void> {
  await initialise(rig);
  await addGateway(rig);
  await addDevices(rig);
  await release(rig, firstRelease);
  rig.operator.edit('fleet.yaml', [['poll', 'schedule'], `*/${pollMs / 1000} * * * * *`]);
  await rig.gateway.start();
  await publish(rig, 'hello');
  rig.device('hinted').program.start();
  await rig.device('polled').pass();
  const both = async () => ((await webOf(rig, 'hinted')) && (await webOf(rig, 'polled')) ? true : undefined);
  await waitUntil('both devices run the app', both, { timeoutMs: 60_000 });
  for (const id of ['hinted', 'polled'])
    await untilHealthy(new Docker({ socketPath: rig.engine.socket }).getContainer(await webOf(rig, id)));
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const programs = await bundle();
  const agentProgram = path.relative(path.dirname(import.meta.dirname), programs.agent ?? '');
  const rig = await FleetRig.prepare({ narrator: silent, devices: ['hinted', 'polled'], agentProgram });
  signal.addEventListener('abort', () => void rig.stop());
  const docker = new Docker({ socketPath: rig.engine.socket });
  let stopped = false;
  let timer = Promise.resolve();
  try {
    await prepare(rig);
    timer = (async () => {
      while (!stopped) {
        await setTimeout(pollMs - (Date.now() % pollMs));
        if (!stopped) await rig.device('polled').pass();
      }
    })();
    const values: Record<'hinted' | 'polled' | 'own', number[]> = { hinted: [], polled: [], own: [] };
    for (let round = 0; round < rounds; round++) {
      signal.throwIfAborted();
      values.own.push(await ownStart(docker, await webOf(rig, 'hinted')));
      const before = { hinted: await webOf(rig, 'hinted'), polled: await webOf(rig, 'polled') };
      // Pushes fall anywhere between two polls.
      await setTimeout(Math.random() * pollMs);
      rig.operator.edit('groups/canary.yaml', [['variables', 'GREETING'], `round ${round}`]);
      await publish(rig, `round ${round}`);
      const took = await Promise.all(
        (['hinted', 'polled'] as const).map(id => untilReplaced(rig, docker, id, before[id])),
      );
      values.hinted.push(took[0] ?? Number.NaN);
      values.polled.push(took[1] ?? Number.NaN);
    }
    const own = median(values.own);
    const bar = (limit: number) => ({ of: 'ratio', is: '<=', limit }) as const;
    yield figure(
      "merge to running, over the container's own start, p50 (peer: poll at the same interval)",
      'ms',
      median(values.hinted) - own,
      median(values.polled) - own,
      bar(0.5),
    );
    const whole = 'merge to running, all of it (peer: a start of the container alone)';
    yield figure(whole, 'ms', median(values.hinted), own, bar(2.5));
  } finally {
    stopped = true;
    await timer.catch(() => undefined);
    await rig.stop();
  }
}
