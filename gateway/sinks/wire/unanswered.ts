/**
 * How often in a row the kernel has sent something, or asked, without hearing of the other end. Where that one is gone
 * without a word while bytes are on their way, writing goes well for a quarter of an hour. Linux, proc_net_tcp: the
 * columns `retrnsmt` and `timeout`; both are 0 again with the next packet that comes, and a peer that lives and reads
 * slowly, or not at all, answers.
 */
import { readFile } from 'node:fs/promises';

export interface Ports {
  readonly local: number;
  readonly remote: number;
}

/** @returns 0 where the kernel does not tell, or the connection is not there */
export async function unanswered(ports: Ports): Promise<number> {
  // Below /proc/self, since a unit may hide the rest.
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
  const texts = await Promise.all(tables.map(table => readFile(table, 'latin1').catch(() => '')));
  return Math.max(...texts.map(text => unansweredIn(text, ports)));
}

/** @param table `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout …` */
function unansweredIn(table: string, { local, remote }: Ports): number {
  const [own, other] = [hex(local), hex(remote)];
  for (const line of table.split('\n')) {
    // Before it is taken apart: there may be ten thousand.
    if (!line.includes(own) || !line.includes(other)) continue;
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(own) !== true || columns[2]?.endsWith(other) !== true) continue;
    return Math.max(Number.parseInt(columns[6] ?? '0', 16), Number.parseInt(columns[8] ?? '0', 10));
  }
  return 0;
}

function hex(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
