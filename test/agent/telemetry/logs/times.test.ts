/** Times on a real engine: lines of one nanosecond, a clock that is ahead and put back, a month without a gateway. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { Report } from '../../../../agent/report/report.ts';
import type { Piece } from '../../../../agent/telemetry/collector.ts';
import { DiskSpool } from '../../../../agent/telemetry/spool/spool.ts';
import { makeDeviceKeys, sshKeyOf } from '../../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { readSegment } from '../../../../core/telemetry/record/segment.ts';
import { makeRepository } from '../../../../lab/rig/fleet-repository.ts';
import { startGitServer } from '../../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../../schemas/types.generated.ts';
import { LogRig, MemorySpool } from './log-rig.ts';

const hour = 3_600_000;
const day = 24 * hour;
const system = createSystemClock();
const shifted = (aheadMs: number) => ({ ...system, now: () => system.now() + aheadMs });

let rig: LogRig;
before(async () => {
  rig = await LogRig.start();
});
after(() => rig[Symbol.asyncDispose]());

/** A container that has ended, and the file of its driver, in which the engine finds what it hands over. */
async function ended(): Promise<{ id: string; say: (time: string, ...texts: string[]) => void }> {
  const id = await rig.run(':');
  await rig.ended(id);
  const { engine, signal } = rig.device;
  const request = { method: 'GET', path: `/containers/${id}/json` } as const;
  const { LogPath } = await engine.call<{ LogPath: string }>(request, signal);
  const say = (time: string, ...texts: string[]) => {
    const entries = texts.map(text => JSON.stringify({ log: `${text}\n`, stream: 'stdout', time }));
    appendFileSync(LogPath, `${entries.join('\n')}\n`);
  };
  return { id, say };
}

const at = (ms: number, nanoseconds = '000000') =>
  `${new Date(ms).toISOString().slice(0, -1)}${nanoseconds}Z`;

for (const way of ['from the file', 'by the engine'] as const) {
  /** One life of an agent. @returns what it has read, as soon as it is so much; the next one begins behind it */
  const read = async (id: string, count: number, aheadMs = 0) => {
    const byEngine = way === 'by the engine';
    const spool = new MemorySpool();
    await using life = await rig.collect({ spool, byEngine, name: id, clock: shifted(aheadMs) });
    const texts = await life.texts(id, count);
    await life.collector.settle();
    return { texts, gaps: spool.gaps(id), numbers: spool.records(id).map(({ sequence }) => sequence) };
  };

  test(`lines of one nanosecond with one text are as many as were written, also where an agent ends between them (${way})`, async () => {
    const { id, say } = await ended();
    const [first, second] = [at(Date.now() - 2000, '000007'), at(Date.now() - 1000)];
    say(first, 'same', 'same', 'same');
    assert.deepEqual((await read(id, 3)).texts, ['same', 'same', 'same']);
    say(first, 'same', 'same');
    const { texts, numbers } = await read(id, 2);
    assert.deepEqual(
      [texts, numbers],
      [
        ['same', 'same'],
        [3, 4],
      ],
    );
    say(second, 'same');
    assert.deepEqual((await read(id, 1)).numbers, [5]);
  });

  test(`a clock three hours ahead and put back: each line comes once, none waits for the clock, none is missing (${way})`, async () => {
    const { id, say } = await ended();
    const began = Date.now() - 60_000;
    const lives: unknown[] = [];
    const live = async (aheadMs: number, ...said: [string, string][]) => {
      for (const [time, text] of said) say(time, text);
      const { texts, gaps } = await read(id, said.length, aheadMs);
      lives.push(gaps);
      assert.deepEqual(
        texts,
        said.map(([, text]) => text),
      );
    };
    await live(0, [at(began), 'before']);
    await live(3 * hour, [at(began + 3 * hour), 'ahead'], [at(began + 3 * hour + 1), 'too']);
    await live(0, [at(began + 20_000), 'after']);
    await live(0, [at(began + 30_000), 'and on'], [at(began + 40_000), 'and on']);
    await live(4 * hour, [at(began + 4 * hour), 'much later']);
    assert.deepEqual(lives.flat(), []);
  });

  test(`what is stamped three hours ahead of a clock that is right is counted, and holds back nothing (${way})`, async () => {
    const { id, say } = await ended();
    say(at(Date.now() - 2000), 'now');
    say(at(Date.now() + 3 * hour), 'never', 'either');
    say(at(Date.now() - 1000), 'next');
    const { texts, gaps } = await read(id, 2);
    assert.deepEqual(texts, ['now', 'next']);
    assert.deepEqual(
      gaps.map(({ reason, lines }) => [reason, lines]),
      [['clock', 2]],
    );
  });
}

const maxBytes = 512 * 1024;
/** 60 KB each that nothing makes smaller, of two classes, and errors. */
const noise = (level: string) =>
  `busybox head -c 60000 /dev/urandom | busybox base64 -w 200 | busybox sed 's/^/level=${level} msg=/'`;
const talk = `${noise('debug')}; ${noise('info')}; i=0; while [ $i -lt 5 ]; do echo "level=error msg=$i"; i=$((i+1)); done`;
const linesAtOnce = 2 * 400 + 5;

type Counts = Readonly<Record<string, number>>;
const sumOf = (...all: readonly Counts[]): Counts => {
  const counts: Record<string, number> = {};
  for (const one of all)
    for (const [kind, count] of Object.entries(one)) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
};

/** Of a device that waits for its gateway: what is put on the disk stays in memory, for who compares. */
class WaitingSpool extends MemorySpool {
  readonly #disk: DiskSpool;

  constructor(disk: DiskSpool) {
    super();
    this.#disk = disk;
  }

  override async put(piece: Piece): Promise<void> {
    await this.#disk.put(piece);
    await super.put(piece);
  }

  get counts(): Counts {
    return sumOf(...this.pieces.map(({ class: kind, records }) => ({ [kind]: records })));
  }
}

/** Lines of all commits by class, and what gaps among them say. */
function arrivedIn(cwd: string): { counts: Counts; missing: number } {
  const options = { cwd, encoding: 'buffer' } as const;
  const commits = execFileSync('git', ['rev-list', '--all'], options).toString().trim().split('\n');
  // By its path too: gaps of two containers may say the same, and are one object.
  const entries = new Set(
    commits.flatMap(commit => {
      const tree = execFileSync('git', ['ls-tree', '-r', commit, 'logs/'], options).toString();
      return tree.trim().split('\n');
    }),
  );
  const counts: Record<string, number> = {};
  let missing = 0;
  for (const entry of entries) {
    const [, id = '', kind = ''] = /^100644 blob (\w{40})\tlogs\/\S+-(\w+)\.ndjson\.gz$/.exec(entry) ?? [];
    if (id === '') continue;
    for (const record of readSegment(execFileSync('git', ['cat-file', 'blob', id], options)).records) {
      if (record.kind === 'log') counts[kind] = (counts[kind] ?? 0) + 1;
      else if (record.kind === 'gap') missing += record.lines ?? 0;
    }
  }
  return { counts, missing };
}

test('a month offline: the disk stays bounded, a damaged segment is set aside, errors outlive debug; the status is first when the gateway is back, then the rest, and each line has come or is counted', async () => {
  const telemetry = await makeRepository();
  const server = await startGitServer({ telemetry: telemetry.path });
  const folder = path.join(rig.device.stateDirectory, 'month');
  const spooled = path.join(folder, 'spool');
  let aheadMs = 0;
  const clock = { ...system, now: () => system.now() + aheadMs };
  const open = async () => {
    const disk = await DiskSpool.open({ folder, clock });
    await disk.bound(maxBytes);
    return disk;
  };
  try {
    const said = new WaitingSpool(await open());
    const life = await rig.collect({ spool: said, clock, name: 'month-logs' });
    const id = await rig.create(talk);
    for (let round = 1; round <= 10; round += 1) {
      // A wrong answer of NTP, now and then.
      aheadMs = round * 3 * day + (round % 3 === 1 ? 3 * hour : 0);
      await rig.restart(id);
      await rig.ended(id);
      await life.texts(id, round * linesAtOnce);
      const sizes = readdirSync(spooled).map(name => statSync(path.join(spooled, name)).size);
      const bytes = sizes.reduce((all, size) => all + Math.ceil(size / 4096) * 4096, 0);
      assert.ok(bytes <= maxBytes, `${bytes} bytes after ${round * 3} days`);
    }
    await life.kill();
    const damaged = readdirSync(spooled).find(name => name.includes('-log-')) ?? assert.fail('no segment');
    const bytes = readFileSync(path.join(spooled, damaged));
    bytes[99] = (bytes[99] ?? 0) ^ 1;
    writeFileSync(path.join(spooled, damaged), bytes);
    const spool = await open();
    const { dialler } = server;
    const named = { fleet: 'acme', device: 'pump-1', key: sshKeyOf(makeDeviceKeys('pump-1')) };
    const report = await Report.open({ folder, ...named, dialler, clock, spool });
    const settings = { telemetryMaxBytesPerDay: maxBytes / 2, telemetryMaxOutboxBytes: maxBytes };
    const status: StatusFile = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-07-22T00:00:00Z' },
      ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'unchanged' },
      ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
    };
    const { signal } = rig.device;
    const publish = () => report.publish({ status, settings, settle: async () => {}, due: true }, signal);
    const lost = async () => parse(await telemetry.git(['show', 'telemetry/pump-1:status.yaml'])).lost ?? {};
    server.down = true;
    await assert.rejects(publish());
    server.down = false;
    const first = await report.flush('full', settings, signal);
    assert.ok(first.kind === 'pushed' && first.isBack && first.bytes < 4096, JSON.stringify(first));
    const atFirst = await lost();
    assert.ok(atFirst.records.debug > 0);
    let [days, sent] = [0, 0];
    while (spool.waiting.pieces > 0) {
      const flushed = await report.flush('full', settings, signal);
      if (flushed.kind === 'pushed') sent += flushed.bytes;
      else {
        assert.ok(sent <= maxBytes / 2, `${sent} bytes in a day`);
        aheadMs += day;
        days += 1;
        sent = 0;
      }
    }
    assert.ok(days >= 1 && days <= 6, `${days} days`);
    await publish();
    const atLast = await lost();
    assert.equal(sumOf({ damaged: atFirst.damaged ?? 0 }, { damaged: atLast.damaged ?? 0 }).damaged, 1);
    assert.deepEqual(readdirSync(path.join(folder, 'set-aside')), [damaged]);
    const { counts, missing } = arrivedIn(telemetry.path);
    assert.equal(counts.error, 10 * 5);
    const dropped = sumOf(atFirst.records, atLast.records ?? {});
    assert.deepEqual(sumOf(counts, dropped), said.counts);
    // The status counts each line. Of what is damaged nobody knows any more whose lines they were: no gap says them.
    const [, , ofDamaged] = damaged.split('-');
    const all = Object.values(dropped).reduce((sum, count) => sum + count);
    assert.equal(missing, all - Number(ofDamaged), JSON.stringify([dropped, damaged, said.gaps(id)]));
  } finally {
    await server.close();
    await telemetry.remove();
  }
});
