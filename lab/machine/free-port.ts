/** TCP ports on loopback for programs that can't be told to pick one themselves. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { claim } from './kernel-claim.ts';

/** Below what the system gives to connections (`net.ipv4.ip_local_port_range`, 32768 unless set): none of them takes it meanwhile. */
const [lowest, beyond] = [12_000, 32_000];

/** A port on 127.0.0.1 that nobody listens on, and that no other call here gets while this process lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, beyond);
    if ((await claim(`port ${port}`)) !== undefined && (await isFree(port))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen(port);
  try {
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
