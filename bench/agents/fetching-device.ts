/** A device that fetches a part as the agent does: by its key, hashed as it comes, from where it was cut. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatedDevice } from '../simulator/simulated-fleet.ts';

export interface WantedPart {
  readonly port: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** A connection that was let go, as all of a fleet come at once from one address, is tried again. */
const tries = 20;
const pauseMs = 500;

/** @param cutAt after so many bytes the line is cut once; undefined: it holds @returns whether the hash is right, and bytes that came */
export async function fetchPart(
  { key, certificate: cert }: SimulatedDevice,
  part: WantedPart,
  cutAt: number | undefined,
): Promise<{ readonly isRight: boolean; readonly bytes: number }> {
  const hash = createHash('sha256');
  let come = 0;
  let cut = cutAt;
  for (let left = tries; left > 0 && come < part.bytes; left -= 1) {
    const agent = new Agent({ rejectUnauthorized: false, key, cert });
    try {
      for await (const piece of await asked(part, agent, come)) {
        hash.update(piece);
        come += piece.length;
        if (cut === undefined || come < cut) continue;
        cut = undefined;
        break;
      }
    } catch {
      await wait(pauseMs);
    } finally {
      agent.destroy();
    }
  }
  return { isRight: hash.digest('hex') === part.sha256, bytes: come };
}

async function asked(
  { port, sha256 }: WantedPart,
  agent: Agent,
  from: number,
): Promise<AsyncIterable<Buffer>> {
  const path = `/agents/sha256/${sha256}`;
  const headers = from === 0 ? {} : { range: `bytes=${from}-` };
  const outgoing = request({ host: '127.0.0.1', port, path, agent, headers });
  outgoing.on('error', () => undefined).end();
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined || answer.statusCode !== (from === 0 ? 200 : 206))
    throw new Error(`answered with ${answer?.statusCode}`);
  return answer;
}
