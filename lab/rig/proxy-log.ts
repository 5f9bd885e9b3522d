/** What HAProxy says of the requests that did not go as they should (`option dontlog-normal`), by their causes. */
import { text } from 'node:stream/consumers';
import type { Engine } from '../../agent/runtime/engine/engine.ts';

/** `web/web1 0/0/1001/-1/3004 503 217 - - SC-- 9/9/8/1/3 0/0`: timers, status, bytes, cookies, how it ended, connections and retries. */
const request = /\w+\/(\S+) [-\d/+]+ (-?\d+) \d+ \S+ \S+ (\S{4}) [\d/]+\/(\+?\d+) /;

export interface ProxyLog {
  /** `SC-- 503 of <NOSRV>` → how many. */
  readonly failed: ReadonlyMap<string, number>;
  /** Answered, after another try. */
  readonly retried: number;
  /** What it says of its servers: up, down, another address. */
  readonly servers: readonly string[];
}

/** @param lines of `option httplog` */
export function toProxyLog(lines: string): ProxyLog {
  const failed = new Map<string, number>();
  let retried = 0;
  const servers: string[] = [];
  for (const line of lines.split('\n')) {
    const [, server, status = '', end, tries] = request.exec(line) ?? [];
    if (status === '') {
      if (/Server |backend /.test(line)) servers.push(line.replace(/^[^A-Za-z[]*/, ''));
    } else if (status === '200') {
      if (tries !== '0') retried++;
    } else {
      const cause = `${end} ${status} of ${server}`;
      failed.set(cause, (failed.get(cause) ?? 0) + 1);
    }
  }
  return { failed, retried, servers };
}

/** @param container id or name */
export async function proxyLog(engine: Engine, container: string, signal: AbortSignal): Promise<ProxyLog> {
  const path = `/containers/${encodeURIComponent(container)}/logs`;
  const query = { stdout: true, stderr: true };
  return toProxyLog(await text(await engine.stream({ method: 'GET', path, query }, signal)));
}
