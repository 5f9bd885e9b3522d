/** Telemetry pushes, with and without other devices' refs. The peer: git receive-pack. */
import { spawnSync } from 'node:child_process';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import { cpuSeconds } from '../simulator/process-tree.ts';
import { git, SimulatedFleet } from '../simulator/simulated-fleet.ts';
import type { WireClient } from '../simulator/wire-client.ts';
import { costOf, cpuOf, openClients } from './clients.ts';
import { statusPush } from './status-push.ts';

const connections = 100;
/** More than elsewhere: on a busy machine rounds differ by a third. */
const roundsForRatio = 11;
const receiveType = 'application/x-git-receive-pack-request';

/** Each device sends the next one when the last was acknowledged. */
function pusher(fleet: SimulatedFleet) {
  const tips = new Map<number, string>();
  let count = 0;
  return async (client: WireClient, index: number) => {
    const device = fleet.devices[index]?.id ?? '';
    const push = statusPush(device, tips.get(index), count++);
    const answer = await client.post('/telemetry.git/git-receive-pack', receiveType, push.body);
    if (!answer.body.includes(`ok ${telemetryRef(device)}`)) throw new Error(answer.body.toString('utf8'));
    tips.set(index, push.id);
  };
}

export async function* pushes(): AsyncGenerator<BenchFigure> {
  // Two that are equally fresh: code that has run longer is quicker, and that is not what is asked.
  await using lone = new SimulatedFleet(200, connections);
  await lone.startGateway();
  await using crowded = new SimulatedFleet(200, connections);
  addRefs(crowded, 10_000);
  await crowded.startGateway();
  const sides = [
    { refs: 0, in: lone, clients: [] as WireClient[], push: pusher(lone) },
    { refs: 10_000, in: crowded, clients: [] as WireClient[], push: pusher(crowded) },
  ] as const;
  const rate = async (side: (typeof sides)[number]) =>
    1 / (await costOf(cpuOf(side.in), side.clients, 5, side.push));
  for (const side of sides) {
    // Not before: a connection that asks nothing for 20 s is closed.
    side.clients.push(...(await openClients(side.in.gateway.port, side.in.devices)));
    const [own, peerRate] = await inTurn(
      () => rate(side),
      async () => 1 / receivePackCost(side.in),
    );
    yield figure(`telemetry push, ${side.refs} other refs, connections kept`, '1/CPU s', own, peerRate, {
      of: 'ratio',
      is: '>=',
      limit: 12,
    });
  }
  // In turn, so that a busy machine is busy for both: whether it is flat shows in nothing else.
  const [many, none] = await inTurn(
    () => rate(sides[1]),
    () => rate(sides[0]),
    roundsForRatio,
  );
  yield figure('telemetry push, 10000 other refs (peer: ours with none)', '1/CPU s', many, none, {
    of: 'ratio',
    is: '>=',
    limit: 0.85,
  });
  for (const client of sides.flatMap(({ clients }) => clients)) client.close();
}

/** Refs of devices that are not connected, in one file as git packs them. */
function addRefs(fleet: SimulatedFleet, count: number): void {
  const blob = git(fleet.telemetryGit, ['hash-object', '-w', '--stdin'], 'x');
  const tree = git(fleet.telemetryGit, ['mktree'], `100644 blob ${blob}\tstatus.yaml\n`);
  const person = ['-c', 'user.name=b', '-c', 'user.email=b@example.com'];
  const id = git(fleet.telemetryGit, [...person, 'commit-tree', '-m', 'x', tree]);
  const lines = Array.from(
    { length: count },
    (_, index) => `create ${telemetryRef(`other-${index}`)} ${id}\n`,
  );
  git(fleet.telemetryGit, ['update-ref', '--stdin'], lines.join(''));
  git(fleet.telemetryGit, ['pack-refs', '--all']);
}

/** CPU seconds of one push as http-backend does it: an advert, then the pack, each by a process of its own. */
function receivePackCost(fleet: SimulatedFleet): number {
  const rounds = 5;
  const own = process.cpuUsage();
  const before = cpuSeconds(process.pid);
  for (let round = 0; round < rounds; round += 1) {
    const push = statusPush(`peer-${Math.random().toString(36).slice(2)}`, undefined, round);
    const run = (input: Uint8Array, ...args: string[]) =>
      spawnSync('git', ['receive-pack', '--stateless-rpc', ...args, fleet.telemetryGit], { input });
    run(Buffer.alloc(0), '--http-backend-info-refs');
    run(push.body);
  }
  const { user, system } = process.cpuUsage(own);
  return (cpuSeconds(process.pid) - before - (user + system) / 1e6) / rounds;
}
