/** One commit, fetched by many devices. The peer: git http-backend behind nginx. */
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import type { SimulatedFleet } from '../simulator/simulated-fleet.ts';
import type { WireClient } from '../simulator/wire-client.ts';
import { advert, costOf, cpuOf } from './clients.ts';

const uploadType = 'application/x-git-upload-pack-request';

export async function* fetches(
  fleet: SimulatedFleet,
  ours: readonly WireClient[],
  theirs: readonly WireClient[] | undefined,
): AsyncGenerator<BenchFigure> {
  const old = fleet.main();
  const tip = fleet.commit('apiVersion: towline/v1\nlabels: { site: moved }\n');
  const body = Buffer.concat([
    encodePacket(`want ${tip} side-band-64k ofs-delta no-progress agent=bench\n`),
    flushPacket,
    encodePacket(`have ${old}\n`),
    encodePacket('done\n'),
  ]);
  const [client] = ours;
  while (client !== undefined && !(await client.get(advert)).body.includes(tip)) {
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const fetchOne = async (one: WireClient) => {
    const answer = await one.post('/fleet.git/git-upload-pack', uploadType, body);
    if (answer.status !== 200) throw new Error(answer.body.toString('utf8'));
    return answer;
  };
  if (client !== undefined) {
    const { length } = (await fetchOne(client)).body;
    const peerLength = theirs?.[0] === undefined ? null : (await fetchOne(theirs[0])).body.length;
    yield figure('1-commit fetch of 10k devices: the answer', 'B', length, peerLength, {
      of: 'ours',
      is: '<=',
      limit: 15_000,
    });
  }
  const before = await fleet.metric('towline_gateway_pack_misses_total');
  const { peer } = fleet;
  const [rate, peerRate] = await inTurn(
    async () => 1 / (await costOf(cpuOf(fleet), ours, 20, fetchOne)),
    peer === undefined || theirs === undefined
      ? undefined
      : async () => 1 / (await costOf(() => peer.cpu.seconds(), theirs.slice(0, 20), 2, fetchOne)),
  );
  yield figure('the same fetch by many devices, connections kept', '1/CPU s', rate, peerRate, {
    of: 'ratio',
    is: '>=',
    limit: 20,
  });
  const started = (await fleet.metric('towline_gateway_pack_misses_total')) - before;
  yield figure('of these, answered by a git process beyond the first', '', started, null, {
    of: 'ours',
    is: '<=',
    limit: 0,
  });
}
