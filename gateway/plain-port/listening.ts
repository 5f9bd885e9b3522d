import { once } from 'node:events';
import type { AddressInfo, ListenOptions, Server } from 'node:net';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';

/** @throws TowlineError GATEWAY_LISTEN_FAILED, which names the address and the system's reason. */
export async function listenOn(server: Server, options: ListenOptions): Promise<AddressInfo> {
  const listening = once(server, 'listening');
  server.listen(options);
  await listening.catch((cause: unknown) => {
    const reason = errnoOf(cause) ?? String(cause);
    throw new TowlineError('GATEWAY_LISTEN_FAILED', `${options.host}:${options.port}: ${reason}`, { cause });
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TowlineError('GATEWAY_INTERNAL', 'no address');
  return address;
}
