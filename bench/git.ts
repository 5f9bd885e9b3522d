/** `npm run bench -- git`: the gateway's git side beside git http-backend behind nginx, and git receive-pack. */
import { spawnSync } from 'node:child_process';
import { objectId } from '../core/trust/object-hash.ts';
import { flushPacket, packet } from '../gateway/git/pkt-line.ts';
import { writePack } from '../gateway/telemetry/pack-writer.ts';
import { type BenchFigure, figure, inTurn } from './figure.ts';
import { hintDevices, hintStreams } from './hints.ts';
import { cpuSeconds } from './simulator/process-tree.ts';
import { git, type SimulatedDevice, SimulatedFleet } from './simulator/simulated-fleet.ts';
import { WireClient } from './simulator/wire-client.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';
const uploadType = 'application/x-git-upload-pack-request';
const receiveType = 'application/x-git-receive-pack-request';
const connections = 100;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using fleet = new SimulatedFleet(10_000, 500);
  await fleet.startGateway();
  const hasPeer = await fleet.startPeer();
  const devices = fleet.devices.slice(0, connections);
  const ours = await open(fleet.gateway.port, devices);
  const theirs = hasPeer && fleet.peer !== undefined ? await open(fleet.peer.port, devices) : undefined;
  yield* polls(fleet, ours, theirs);
  signal.throwIfAborted();
  yield* fetches(fleet, ours, theirs);
  signal.throwIfAborted();
  yield* pushes();
  signal.throwIfAborted();
  yield* handshakes(fleet);
  for (const client of [...ours, ...(theirs ?? [])]) client.close();
  if (process.env.TOWLINE_BENCH_DEVICES !== '0') yield* hintStreams(hintDevices(), signal);
}

async function open(port: number, devices: readonly SimulatedDevice[]): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  for (const device of devices) clients.push(await new WireClient(port, device).ready());
  return clients;
}

/** The gateway with its helper and all git that it starts. */
function cpuOf(fleet: SimulatedFleet): () => number {
  return () => cpuSeconds(fleet.gateway.pid);
}

/** Does `work` with every client, `rounds` times. @returns CPU seconds of the server for each piece of work. */
async function costOf(
  cpu: () => number,
  clients: readonly WireClient[],
  rounds: number,
  work: (client: WireClient, index: number) => Promise<unknown>,
): Promise<number> {
  const before = cpu();
  await Promise.all(
    clients.map(async (client, index) => {
      for (let round = 0; round < rounds; round += 1) await work(client, index);
    }),
  );
  return (cpu() - before) / (clients.length * rounds);
}

async function* polls(
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
    of: 'ours',
    is: '<=',
    limit: 0.1,
  });
}

async function* fetches(
  fleet: SimulatedFleet,
  ours: readonly WireClient[],
  theirs: readonly WireClient[] | undefined,
): AsyncGenerator<BenchFigure> {
  const old = fleet.main();
  const tip = fleet.commit('apiVersion: towline/v1\nlabels: { site: moved }\n');
  const body = Buffer.concat([
    packet(`want ${tip} side-band-64k ofs-delta no-progress agent=bench\n`),
    flushPacket,
    packet(`have ${old}\n`),
    packet('done\n'),
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
    yield figure('1-commit fetch of 10k devices: the answer', 'B', length, null, {
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
    of: 'ours',
    is: '>=',
    limit: 3000,
  });
  const started = (await fleet.metric('towline_gateway_pack_misses_total')) - before;
  yield figure('of these, answered by a git process beyond the first', '', started, null, {
    of: 'ours',
    is: '<=',
    limit: 0,
  });
}

interface StatusPush {
  readonly id: string;
  readonly body: Buffer;
}

/** What an agent sends: commit, tree, status and a log segment. */
export function statusPush(device: string, oldId: string | undefined, count: number): StatusPush {
  const blob = (text: string) => object('blob', Buffer.from(text));
  const status = blob(`device: ${device}\ncount: ${count}\n${'state: healthy\n'.repeat(40)}`);
  const log = blob(`${device} ${count} ${Math.random()}\n`.repeat(50));
  const entries = [
    Buffer.from('100644 log\0'),
    Buffer.from(log.id, 'hex'),
    Buffer.from('100644 status.yaml\0'),
    Buffer.from(status.id, 'hex'),
  ];
  const tree = object('tree', Buffer.concat(entries));
  const person = 'd <d@example.com> 1700000000 +0000';
  const parent = oldId === undefined ? '' : `parent ${oldId}\n`;
  const commit = object(
    'commit',
    Buffer.from(`tree ${tree.id}\n${parent}author ${person}\ncommitter ${person}\n\nhealthy\n`),
  );
  const { pack } = writePack([commit, tree, status, log]);
  const ref = `refs/heads/telemetry/${device}`;
  const command = packet(`${oldId ?? '0'.repeat(40)} ${commit.id} ${ref}\0report-status`);
  return { id: commit.id, body: Buffer.concat([command, flushPacket, pack]) };
}

function object(type: 'blob' | 'tree' | 'commit', bytes: Buffer) {
  return { id: objectId({ type, bytes }), type, bytes, compressed: undefined };
}

/** Each device sends the next one when the last was acknowledged. */
function pusher(fleet: SimulatedFleet) {
  const tips = new Map<number, string>();
  let count = 0;
  return async (client: WireClient, index: number) => {
    const device = fleet.devices[index]?.id ?? '';
    const push = statusPush(device, tips.get(index), count++);
    const answer = await client.post('/telemetry.git/git-receive-pack', receiveType, push.body);
    if (!answer.body.includes(`ok refs/heads/telemetry/${device}`))
      throw new Error(answer.body.toString('utf8'));
    tips.set(index, push.id);
  };
}

async function* pushes(): AsyncGenerator<BenchFigure> {
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
    side.clients.push(...(await open(side.in.gateway.port, side.in.devices)));
    const [own, peerRate] = await inTurn(
      () => rate(side),
      async () => 1 / receivePackCost(side.in),
    );
    yield figure(`telemetry push, ${side.refs} other refs, connections kept`, '1/CPU s', own, peerRate, {
      of: 'ours',
      is: '>=',
      limit: 400,
    });
  }
  // In turn, so that a busy machine is busy for both: whether it is flat shows in nothing else.
  const [many, none] = await inTurn(
    () => rate(sides[1]),
    () => rate(sides[0]),
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
    (_, index) => `create refs/heads/telemetry/other-${index} ${id}\n`,
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

async function* handshakes(fleet: SimulatedFleet): AsyncGenerator<BenchFigure> {
  const devices = fleet.devices.slice(0, 100);
  const sessions: Buffer[] = [];
  const cost = async (port: number, cpu: () => number, resumed: boolean) => {
    const before = cpu();
    for (const [index, device] of devices.entries()) {
      const client = await new WireClient(port, device, resumed ? sessions[index] : undefined).ready();
      await client.get('/v1/healthz');
      if (client.resumed !== resumed) throw new Error('not the handshake that was asked for');
      if (!resumed && port === fleet.gateway.port) sessions[index] = await client.session();
      client.close();
    }
    return (1000 * (cpu() - before)) / devices.length;
  };
  const { peer, gateway } = fleet;
  for (const resumed of [false, true]) {
    const [ours, theirs] = await inTurn(
      () => cost(gateway.port, cpuOf(fleet), resumed),
      peer === undefined || resumed ? undefined : () => cost(peer.port, () => peer.cpu.seconds(), false),
    );
    const work = `new connection with one request, ${resumed ? 'resumed' : 'full'} handshake`;
    yield figure(work, 'ms', ours, theirs, { of: 'ours', is: '<=', limit: 10 });
  }
}
