/**
 * One-shot statistics of many containers over a few connections that are kept for the moment: asked one by one by the
 * engine's client they cost twice the CPU (bench/telemetry/containers.ts).
 */

import { Agent, request } from 'node:http';
import { TimeLimit } from '../../../../core/io/time-limit.ts';
import { readLine } from '../../../runtime/engine/answer-shape.ts';
import { engineStats, usageOfStats } from './engine-stats.ts';
import type { Usage } from './usage.ts';

/** Connections, and so questions at once. */
const parallel = 8;
/** An engine that takes longer is asked again at the next moment, milliseconds. */
const longestMs = 15_000;
const maxAnswerBytes = 256 * 1024;

/**
 * @param socket the engine's
 * @returns those that the engine told; one that is gone, or an engine that is, is no error
 * @throws the signal's reason when it was aborted
 */
export async function oneShotUsages(
  socket: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Usage>> {
  const found = new Map<string, Usage>();
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  using limit = new TimeLimit(longestMs);
  const deadline = AbortSignal.any([signal, limit.signal]);
  const next = ids.values();
  const work = async (): Promise<void> => {
    for (const id of next) {
      const path = `/containers/${encodeURIComponent(id)}/stats?stream=false&one-shot=true`;
      const text = await answer({ socketPath: socket, path, agent, signal: deadline }).catch(() => undefined);
      const usage = text === undefined ? undefined : readStats(text);
      if (usage !== undefined) found.set(id, usage);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, ids.length) }, work));
  } finally {
    agent.destroy();
  }
  signal.throwIfAborted();
  return found;
}

/** @returns undefined: another form than the engine's */
export function readStats(text: string): Usage | undefined {
  const stats = readLine(text, engineStats);
  return stats === undefined ? undefined : usageOfStats(stats);
}

/** @throws what the socket says, or where it is no answer */
function answer(options: Parameters<typeof request>[1] & object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(options, response => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) asked.destroy(new Error('too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`HTTP ${response.statusCode}`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
