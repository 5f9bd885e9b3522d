/**
 * `npm run bench -- images`: a registry behind the gateway beside nginx with mutual TLS before the same registry, warm; the
 * agent's endpoint; and 300 devices, or as many as TOWLINE_BENCH_DEVICES says, that pull one release at once.
 */
import { startRegistry } from '../lab/machine/registry.ts';
import { type PutImage, putImage } from '../lab/rig/oci-image.ts';
import { type BenchFigure, figure, median } from './figure.ts';
import { curlBlobs } from './images/curl.ts';
import { endpointMemory } from './images/endpoint-memory.ts';
import { startRegistryNginx } from './images/nginx.ts';
import { pullOf } from './images/pulling-devices.ts';
import { cpuSeconds, peakResidentBytes } from './simulator/process-tree.ts';
import { SimulatedFleet } from './simulator/simulated-fleet.ts';

const megabyte = 1_000_000;
const rounds = 5;
const registryName = 'images.example.com';
const devices = Number(process.env.TOWLINE_BENCH_DEVICES ?? 300);

function releaseOf(version: string, { digest }: PutImage): string {
  return `apiVersion: towline/v1\nversion: "${version}"\nimages:\n  web: { image: "${registryName}/web:${version}", digest: "${digest}" }\n`;
}

export async function* bench(signal: AbortSignal, rows: readonly string[]): AsyncGenerator<BenchFigure> {
  const isAsked = (row: string) => rows.length === 0 || rows.includes(row);
  const registry = await startRegistry();
  try {
    const large = await putImage(registry.address, 'web', '1', Array(10).fill(20 * megabyte));
    const small = await putImage(registry.address, 'web', '2', Array(4).fill(megabyte));
    await using fleet = new SimulatedFleet(devices, devices, {
      fleetLines: 'apps: { large: { release: "1" }, small: { release: "2" } }\n',
      files: {
        'apps/large/releases/1/release.yaml': releaseOf('1', large),
        'apps/small/releases/2/release.yaml': releaseOf('2', small),
      },
      gatewayLines: `registries: { ${registryName}: { url: "http://${registry.address}" } }\n`,
    });
    await fleet.startGateway();
    if (isAsked('release')) yield* release(fleet, small, signal);
    if (isAsked('nginx')) yield* besideNginx(fleet, registry.address, large);
    if (isAsked('endpoint')) yield await endpointMemory(fleet, registryName, large, signal);
  } finally {
    await registry.stop();
  }
}

/** Before anything is kept: the registry is asked once, whoever comes. */
async function* release(
  fleet: SimulatedFleet,
  image: PutImage,
  signal: AbortSignal,
): AsyncGenerator<BenchFigure> {
  const before = await fleet.metric('towline_gateway_image_upstream_bytes_total');
  const ends = await Promise.all(
    fleet.devices.map(device => pullOf(fleet.gateway.port, device, registryName, image)),
  );
  signal.throwIfAborted();
  const right = ends.filter(isRight => isRight).length;
  const size = [image.index, image.manifest.bytes, ...image.layers.map(({ bytes }) => bytes)].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  const asked = ((await fleet.metric('towline_gateway_image_upstream_bytes_total')) - before) / size;
  const crowd = `${devices} devices that pull one release of 4 MB at once`;
  yield figure(`${crowd}: those that have each digest right`, '', right, null, {
    of: 'ours',
    is: '>=',
    limit: devices,
  });
  yield figure(`${crowd}: what the registry sent, releases`, '', asked, null, {
    of: 'ours',
    is: '<=',
    limit: 1.01,
  });
  const peak = peakResidentBytes(fleet.gateway.pid) / 1024 / 1024;
  yield figure(`${crowd}: peak of the gateway`, 'MiB', peak, null, { of: 'ours', is: '<=', limit: 250 });
}

async function* besideNginx(
  fleet: SimulatedFleet,
  registry: string,
  image: PutImage,
): AsyncGenerator<BenchFigure> {
  await using nginx = await startRegistryNginx(fleet.folder, registry);
  const [device] = fleet.devices;
  if (device === undefined) return;
  const digests = image.layers.map(({ digest }) => digest);
  const own = {
    port: fleet.gateway.port,
    repository: `${registryName}/web`,
    cpu: () => cpuSeconds(fleet.gateway.pid),
  };
  const peer = { port: nginx.port, repository: 'web', cpu: () => nginx.cpuSeconds() };
  const [ours, theirs] = [own, peer].map(server => ({
    server,
    seconds: [] as number[],
    cpu: [] as number[],
  }));
  if (ours === undefined || theirs === undefined) return;
  await pullOf(own.port, device, registryName, image);
  for (let round = 0; round <= rounds; round += 1)
    for (const { server, seconds, cpu } of [ours, theirs]) {
      const before = server.cpu();
      const took = await curlBlobs(fleet.folder, device, server, digests);
      // The first round warms both.
      if (round === 0) continue;
      seconds.push(took);
      cpu.push(server.cpu() - before);
    }
  const rate = (seconds: readonly number[]) => (image.layers.length * 20) / median(seconds);
  const what = 'ten layers of 20 MB by curl, warm, beside nginx with mutual TLS before the same registry';
  const least = { of: 'ratio', is: '>=', limit: 0.8 } as const;
  yield figure(`${what}`, 'MB/s', rate(ours.seconds), rate(theirs.seconds), least);
  const cpuMs = (cpu: readonly number[]) => median(cpu) * 1000;
  const most = { of: 'ratio', is: '<=', limit: 2.5 } as const;
  yield figure(`${what}: CPU of the server`, 'CPU ms', cpuMs(ours.cpu), cpuMs(theirs.cpu), most);
}
