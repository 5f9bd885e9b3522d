/** One question to one container: within a time and so many bytes, and nowhere else than it was told. */

import { request } from 'node:http';
import { errnoOf, messageOf } from '../../../../core/errors/cause.ts';
import { TimeLimit } from '../../../../core/io/time-limit.ts';

export interface Target {
  /** Of the container itself, as the engine says it. */
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

export interface ScrapeLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type Scraped = { readonly text: string } | { readonly problem: string };

const accept = 'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5';
const maxHeaderBytes = 16 * 1024;

/** Never rejects for what an app may do. @throws the signal's reason when it was aborted */
export async function scrape(target: Target, limits: ScrapeLimits, signal: AbortSignal): Promise<Scraped> {
  using late = new TimeLimit(limits.timeoutMs);
  try {
    return await ask(target, limits.maxBytes, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) return { problem: `no whole answer within ${limits.timeoutMs / 1000} s` };
    return { problem: errnoOf(error) ?? messageOf(error) };
  }
}

function ask({ address, port, path }: Target, maxBytes: number, signal: AbortSignal): Promise<Scraped> {
  return new Promise((resolve, reject) => {
    const headers = { accept, 'accept-encoding': 'identity', connection: 'close' };
    // No agent: no connection is kept, and no proxy is asked.
    const asked = request({
      ...{ host: address, port, path, headers, signal, agent: false },
      maxHeaderSize: maxHeaderBytes,
    });
    const end = (scraped: Scraped): void => {
      asked.destroy();
      resolve(scraped);
    };
    asked.on('error', reject);
    asked.on('response', answer => {
      const { statusCode = 0 } = answer;
      // Not followed: an app would choose whom the device asks.
      if (statusCode >= 300 && statusCode < 400) return end({ problem: `it redirects (HTTP ${statusCode})` });
      if (statusCode !== 200) return end({ problem: `HTTP ${statusCode}` });
      const encoding = answer.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') return end({ problem: 'its answer is compressed' });
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) return end({ problem: `its answer is over ${maxBytes} bytes` });
        chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('aborted', () => reject(new Error('its answer is cut')));
      answer.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.end();
  });
}
