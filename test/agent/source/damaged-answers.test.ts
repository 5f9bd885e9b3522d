import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { Source } from '../../../agent/source/source.ts';
import { TowlineError } from '../../../core/errors.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type Answer, type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import { placesOf } from '../../rig/every.ts';

const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {} };
const advertisement = '/fleet.git/info/refs?service=git-upload-pack';
const pack = '/fleet.git/git-upload-pack';
/** What silence may last in these tests, milliseconds. */
const silenceMs = 40;
const devices = 6;
/** Thousands of small stores: in memory where the machine has a place for that. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let folder: string;
let repository: FleetRepository;
let first: string;
let second: string;
let ids: readonly string[];
/** The answers to a device that has the first commit and fetches the second. */
let recorded: ReadonlyMap<string, Answer>;

type Damage = (body: Buffer, at: number) => ReturnType<NonNullable<GitServer['tamper']>>;

const damages: Readonly<Record<string, Damage>> = {
  cut: (body, cutAt) => ({ cutAt, body }),
  truncated: (body, at) => body.subarray(0, at),
  mutated: (body, at) => {
    const changed = Buffer.from(body);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    return changed;
  },
  stalled: (body, at) => {
    const stream = new Readable({ read() {} });
    if (at > 0) stream.push(body.subarray(0, at));
    return { stream };
  },
};

before(async () => {
  folder = await mkdtemp(path.join(place, 'towline-damaged-'));
  repository = await makeRepository();
  first = await repository.commit({ parents: [], files: { 'fleet.yaml': 'name: acme\n' } });
  const server = await startGitServer({ fleet: repository.path });
  const source = sourceOf(path.join(folder, 'template'), server);
  await source.fetch(first, log, never);
  second = await repository.commit({ files: { 'devices/a.yaml': 'a\n' } });
  server.seen.length = 0;
  const copy = path.join(folder, 'recorder');
  await cp(path.join(folder, 'template'), copy, { recursive: true });
  await sourceOf(copy, server).fetch(first, log, never);
  recorded = new Map(server.seen.map(answer => [answer.url, answer]));
  ids = (await repository.git(['rev-list', '--objects', '--no-object-names', second])).split('\n');
  await server.close();
});
after(async () => {
  await repository.remove();
  await rm(folder, { recursive: true });
});

function sourceOf(store: string, server: GitServer, impatient = false): Source {
  const short = { pollTimeoutMs: silenceMs, idleTimeoutMs: silenceMs };
  const limits = { ...defaultSourceLimits, ...(impatient ? short : {}) };
  return new Source({ folder: store, dialler: server.dialler, clock: createSystemClock(), limits });
}

async function copyTemplate(store: string): Promise<void> {
  await rm(store, { recursive: true, force: true });
  await cp(path.join(folder, 'template'), store, { recursive: true });
}

/** A gateway that gives the recorded answers. */
async function startGateway(): Promise<GitServer & AsyncDisposable> {
  const server = await startGitServer({ fleet: repository.path });
  server.replay = recorded;
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

/** Names and sizes of all that is in a store. */
async function listing(store: string): Promise<string[]> {
  const names = await readdir(store, { recursive: true });
  const sized = names.map(async name => `${name} ${(await stat(path.join(store, name))).size}`);
  return (await Promise.all(sized)).sort();
}

/** Every byte of the answer, by several devices at a time, each with a gateway of its own that has the recorded answers. */
async function everyByte(url: string, damage: Damage, impatient: boolean): Promise<Map<string, number>> {
  const length = recorded.get(url)?.body.length ?? 0;
  assert.ok(length > 200, `${length} bytes`);
  const codes = new Map<string, number>();
  const places = placesOf(length);
  const device = async (): Promise<void> => {
    await using server = await startGateway();
    const store = await mkdtemp(path.join(folder, 'device-'));
    const before = await listing(path.join(folder, 'template'));
    let asBefore = false;
    for (let at = places.shift(); at !== undefined; at = places.shift()) {
      if (!asBefore) await copyTemplate(store);
      const source = sourceOf(store, server, impatient);
      server.tamper = (asked, body) => (asked === url ? damage(body, at) : body);
      asBefore = false;
      const outcome = await source.fetch(first, log, never).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        assert.ok(outcome instanceof TowlineError, `byte ${at}: ${outcome.stack}`);
        codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
        assert.deepEqual(await listing(store), before, `byte ${at}: nothing half is kept`);
        assert.equal((await source.known(log))?.head, first);
        // What is on the disk is what was there before, so most need not show that one can go on from it.
        asBefore = at % 4 !== 0;
      }
      if (asBefore) continue;
      server.tamper = undefined;
      // The same agent goes on; another one looks at what is on the disk.
      const healed = impatient ? sourceOf(store, server) : source;
      assert.equal((await healed.fetch(first, log, never)).head, second, `byte ${at}: the next fetch`);
      await using objects = healed.objects();
      for (const id of ids) assert.ok((await objects.read(id)) !== undefined, `byte ${at}: ${id}`);
    }
  };
  await Promise.all(Array.from({ length: devices }, device));
  return codes;
}

for (const [name, damage] of Object.entries(damages)) {
  const impatient = name === 'stalled';
  test(`a pack ${name} at every byte of a recorded fetch: nothing half is kept, the next fetch heals`, async () => {
    const codes = await everyByte(pack, damage, impatient);
    const expected = name === 'cut' || impatient ? ['AGENT_ANSWER_CUT'] : ['GIT_PACK'];
    assert.deepEqual([...codes.keys()], expected);
  });
  test(`an advertisement ${name} at every byte: nothing half is kept, the next fetch heals`, async () => {
    const codes = await everyByte(advertisement, damage, impatient);
    assert.ok(codes.size > 0);
    if (name === 'cut' || impatient) assert.deepEqual([...codes.keys()], ['AGENT_ANSWER_CUT']);
  });
}

test('a pack that has come whole in an answer that never ends is not waited for', async () => {
  await using server = await startGateway();
  const store = path.join(folder, 'endless');
  await copyTemplate(store);
  server.tamper = (url, body) =>
    url === pack ? (damages.stalled ?? assert.fail())(body, body.length) : body;
  await assert.rejects(sourceOf(store, server, true).fetch(first, log, never), { code: 'AGENT_ANSWER_CUT' });
  assert.match(await readFile(path.join(store, 'current'), 'utf8'), /^g-1$/m);
});
