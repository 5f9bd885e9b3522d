/** What the agent's endpoint adds to a process that has the dialler and has asked the gateway once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { PutImage } from '../../lab/rig/oci-image.ts';
import { asShipped } from '../as-shipped.ts';
import { type BenchFigure, figure } from '../figure.ts';
import type { SimulatedFleet } from '../simulator/simulated-fleet.ts';

export async function endpointMemory(
  fleet: SimulatedFleet,
  registry: string,
  image: PutImage,
  signal: AbortSignal,
): Promise<BenchFigure> {
  const file = join(fleet.folder, 'endpoint.json');
  const [device] = fleet.devices;
  const { digest, manifest, layers } = image;
  writeFileSync(
    file,
    JSON.stringify({
      ...{
        port: fleet.gateway.port,
        tlsPin: fleet.tlsPin,
        key: device?.key,
        certificate: device?.certificate,
      },
      ...{ registry, digest, manifest: manifest.digest, layers: layers.map(layer => layer.digest) },
    }),
  );
  // As it ships: to take types away while it runs would count, too.
  const program = join(fleet.folder, 'endpoint-child.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'endpoint-child.ts')],
    ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', minify: true },
  });
  const { nodeOptions, environment } = asShipped();
  const child = spawn(process.execPath, [...nodeOptions, program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
    signal,
  });
  const said = text(child.stdout);
  await once(child, 'exit');
  const added = Number((await said).trim()) / 1024 / 1024;
  const what = 'memory that the agent’s endpoint adds while 200 MB pass, three layers at once';
  return figure(what, 'MiB', added, null, { of: 'ours', is: '<=', limit: 15 });
}
