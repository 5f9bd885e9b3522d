/** A poll with nothing new. The peer: git http-backend behind nginx, which has no such thing as a 304. */
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import type { SimulatedFleet } from '../simulator/simulated-fleet.ts';
import type { WireClient } from '../simulator/wire-client.ts';
import { advert, costOf, cpuOf } from './clients.ts';

export async function* polls(
  fleet: SimulatedFleet,
  ours: readonly WireClient[],
  theirs: readonly WireClient[] | undefined,
): AsyncGenerator<BenchFigure> {
  const [client] = ours;
  if (client === undefined) return;
  const etag = /etag: (\S+)/.exec((await client.get(advert)).head)?.[1] ?? '';
  const ask = `If-None-Match: ${etag}\r\n`;
  const bytesOf = async (one: WireClient, headers: string) => {
    await one.get(advert, headers);
    const before = one.bytes;
    await one.get(advert, headers);
    return one.bytes - before;
  };
  const peerBytes = theirs?.[0] === undefined ? null : await bytesOf(theirs[0], '');
  yield figure('poll, nothing new, warm: both ways on the wire', 'B', await bytesOf(client, ask), peerBytes, {
    of: 'ours',
    is: '<=',
    limit: 400,
  });
  const { peer } = fleet;
  const [cost, peerCost] = await inTurn(
    async () => 1000 * (await costOf(cpuOf(fleet), ours, 100, one => one.get(advert, ask))),
    peer === undefined || theirs === undefined
      ? undefined
      : async () =>
          1000 *
          (await costOf(
            () => peer.cpu.seconds(),
            theirs.slice(0, 20),
            5,
            one => one.get(advert),
          )),
  );
  yield figure('poll, nothing new, warm: gateway CPU', 'ms', cost, peerCost, {
    of: 'ratio',
    is: '<=',
    limit: 0.04,
  });
}
