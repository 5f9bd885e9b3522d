/** A device that pulls an image as an engine does, and hashes it as it comes. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { PutImage } from '../../lab/rig/oci-image.ts';
import type { SimulatedDevice } from '../simulator/simulated-fleet.ts';

/** An engine has as many layers on their way. */
const atOnce = 3;

/** A connection that was let go, as all of a fleet come at once from one address, is tried again like an engine does. */
const tries = 8;
const pauseMs = 500;

/** @returns whether each digest is right */
export async function pullOf(
  port: number,
  device: SimulatedDevice,
  registry: string,
  image: PutImage,
): Promise<boolean> {
  for (let left = tries; ; left -= 1) {
    try {
      return await pullOnce(port, device, registry, image);
    } catch (error) {
      if (left === 0) throw error;
      await wait(pauseMs);
    }
  }
}

async function pullOnce(
  port: number,
  { key, certificate: cert }: SimulatedDevice,
  registry: string,
  { repository, digest, manifest, layers }: PutImage,
): Promise<boolean> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, rejectUnauthorized: false, key, cert });
  const isRight = async (kind: string, wanted: string): Promise<boolean> => {
    const path = `/v2/${registry}/${repository}/${kind}/${wanted}`;
    const asked = request({ host: '127.0.0.1', port, path, agent });
    asked.end();
    const [answer]: IncomingMessage[] = await once(asked, 'response');
    const hash = createHash('sha256');
    const pieces: AsyncIterable<Buffer> | undefined = answer;
    for await (const piece of pieces ?? []) hash.update(piece);
    return `sha256:${hash.digest('hex')}` === wanted;
  };
  try {
    for (const wanted of [digest, manifest.digest]) if (!(await isRight('manifests', wanted))) return false;
    return (await Promise.all(layers.map(layer => isRight('blobs', layer.digest)))).every(right => right);
  } finally {
    agent.destroy();
  }
}
