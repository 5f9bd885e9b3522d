/** Logs of containers on a real engine: by its API, as an agent does that may read no file of the engine's, and from its files. */
import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import type { Engine } from '../../../../agent/runtime/engine/engine.ts';
import { strideOf } from '../../../rig/every.ts';
import { type Collecting, LogRig, MemorySpool } from './log-rig.ts';

/** Ten times as long in the long form. */
const floodLines = 20_000 / strideOf(10);
const counting = (first: number, last: number) =>
  `i=${first}; while [ $i -le ${last} ]; do echo "line $i"; i=$((i+1)); done`;
const counted = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `line ${first + index}`);
/** `$x` is 40,000 characters without a space. */
const long = `x=0123456789; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do x=$x$x; done; x=$(printf %.40000s $x)`;
const numberIn = (text: string) => Number(text.slice('line '.length));

let rig: LogRig;
let byFile: Collecting;
let byEngine: Collecting;
/** Of what the engine answers now. */
const streams = new Set<Readable>();

/** Its streams of logs can be cut. */
function cuttable(engine: Engine): Engine {
  return {
    call: engine.call,
    stream: async (request, signal) => {
      const stream = await engine.stream(request, signal);
      if (request.path.endsWith('/logs')) streams.add(stream);
      return stream.on('close', () => streams.delete(stream));
    },
  };
}

before(async () => {
  rig = await LogRig.start();
  byFile = await rig.collect({ name: 'by-file' });
  byEngine = await rig.collect({ name: 'by-engine', byEngine: true, engine: cuttable(rig.device.engine) });
});
after(async () => {
  await byFile.kill();
  await byEngine.kill();
  await rig[Symbol.asyncDispose]();
});

const ways = ['from the file', 'by the engine'] as const;
const wayOf = (way: (typeof ways)[number]) => (way === 'from the file' ? byFile : byEngine);

test('a container that ends in a flood has said all, and one that is started again says nothing twice', async () => {
  const id = await rig.run(counting(1, 3000));
  await rig.ended(id);
  for (const way of [byFile, byEngine]) assert.deepEqual(await way.texts(id, 3000), counted(1, 3000));
  await rig.restart(id);
  await rig.ended(id);
  for (const way of [byFile, byEngine]) {
    assert.deepEqual(await way.texts(id, 6000), [...counted(1, 3000), ...counted(1, 3000)]);
    assert.equal(way.spool.records(id).length, 6000);
  }
});

test('last words without a line end are there when their container has ended, and begin no line of its next start', async () => {
  const id = await rig.run("echo first; printf 'last words'");
  await rig.ended(id);
  for (const way of [byFile, byEngine]) assert.deepEqual(await way.texts(id, 2), ['first', 'last words']);
  await rig.restart(id);
  await rig.ended(id);
  for (const way of [byFile, byEngine])
    assert.deepEqual(await way.texts(id, 4), ['first', 'last words', 'first', 'last words']);
});

test('a container that lived a fifth of a second, and was never seen running', async () => {
  const id = await rig.run('echo short; sleep 0.2; echo life');
  await rig.ended(id);
  for (const way of [byFile, byEngine]) {
    await way.collector.drained(id, AbortSignal.timeout(20_000));
    assert.deepEqual(await way.texts(id, 2), ['short', 'life']);
  }
});

test('a line of 40,000 characters is one record, and capped; a terminal says its lines without frames', async () => {
  const id = await rig.run(`${long}; echo $x; echo next`);
  const tty = await rig.run(`${long}; echo one; echo $x; echo two >&2`, { tty: true });
  await rig.ended(tty);
  for (const way of [byFile, byEngine]) {
    const [first, second] = await way.until('both lines', () => {
      const lines = way.spool.lines(id);
      return lines.length === 2 ? lines : undefined;
    });
    assert.deepEqual([first?.text.length, first?.cut, second?.text], [32 * 1024, 40_000 - 32 * 1024, 'next']);
    const texts = await way.texts(tty, 3);
    assert.deepEqual(
      texts.map(text => (text.length > 100 ? /^[0-9]+$/.test(text) : text)),
      ['one', true, 'two'],
    );
  }
});

test('a driver that keeps nothing is told once and holds up nobody; a character cut between parts is whole', async () => {
  const none = await rig.run('echo nobody hears this', { driver: 'none' });
  // The driver json-file has destroyed such a character already; this one keeps bytes.
  const local = await rig.run(
    `${long}; y=$(printf %.16383s $x); printf %s "$y"; printf 'ü'; sleep 0.3; echo err >&2; sleep 0.3; echo end`,
    {
      driver: 'local',
    },
  );
  await rig.ended(local);
  for (const way of [byFile, byEngine]) {
    const texts = await way.texts(local, 2);
    assert.deepEqual(
      texts.map(text => text.slice(-4)),
      ['err', 'üend'],
    );
    const gaps = await way.until('the gap', () =>
      way.spool.gaps(none).length > 0 ? way.spool.gaps(none) : undefined,
    );
    assert.deepEqual(
      gaps.map(({ reason }) => reason),
      ['unreadable'],
    );
    assert.equal(way.told.filter(line => line.includes('cannot be read')).length, 1);
  }
});

test('while the engine begins other files nothing comes twice, and what is missing is said', async () => {
  const script = `i=1; while [ $i -le 1500 ]; do echo "line $i"; [ $((i%100)) = 0 ] && sleep 0.05; i=$((i+1)); done`;
  const id = await rig.run(script, { options: { 'max-size': '50k', 'max-file': '4' } });
  await rig.ended(id);
  for (const way of [byFile, byEngine]) {
    const texts = await way.until('the last line, and what is missing', () => {
      const found = way.spool.lines(id).map(({ text }) => text);
      const isSaid = found.length >= 1500 || way.spool.gaps(id).length > 0;
      return isSaid && found.at(-1) === 'line 1500' ? found : undefined;
    });
    assert.deepEqual([...new Set(texts)], texts);
  }
  assert.deepEqual(byFile.spool.gaps(id), []);
});

for (const way of ways) {
  test(`a flood beyond what the engine keeps: the loss is said, and counted where it can be (${way})`, async () => {
    const { spool, until } = { spool: wayOf(way).spool, until: wayOf(way).until.bind(wayOf(way)) };
    // It is read from its first line on; what went before would be missing from nothing.
    const script = `echo "line 0"; sleep 1; ${counting(1, floodLines)}`;
    const id = await rig.run(script, { options: { 'max-size': '16k', 'max-file': '2' } });
    await until('its first line', () => spool.lines(id)[0]);
    await rig.ended(id);
    await until('the last line', () => spool.lines(id).find(({ text }) => text === `line ${floodLines}`));
    // What is missing is found out by counting, after the last line.
    const [numbers, gaps] = await until('what is missing is said', () => {
      const [found, said] = [spool.lines(id).map(({ text }) => numberIn(text)), spool.gaps(id)];
      return found.length === floodLines + 1 || said.some(({ reason }) => reason === 'rotated')
        ? ([found, said] as const)
        : undefined;
    });
    assert.deepEqual([...new Set(numbers)], numbers, 'nothing twice');
    const missing = floodLines + 1 - numbers.length;
    const said = gaps.reduce((sum, { lines = 0 }) => sum + lines, 0);
    assert.ok(said <= missing, `${said} of ${missing}`);
  });
}

test('a socket of the engine that drops is no loss, and nothing comes twice', async () => {
  const id = await rig.run(
    `i=1; while [ $i -le 400 ]; do echo "line $i"; [ $((i%20)) = 0 ] && sleep 0.1; i=$((i+1)); done`,
  );
  for (let drop = 0; drop < 3; drop += 1) {
    const before = (await byEngine.texts(id, 40 * (drop + 1))).length;
    for (const stream of [...streams]) stream.destroy();
    await byEngine.texts(id, Math.min(before + 1, 400));
  }
  assert.deepEqual(await byEngine.texts(id, 400), counted(1, 400));
  assert.equal(byEngine.spool.records(id).length, 400);
});

describe('an agent that is killed', () => {
  for (const way of ways) {
    test(`between a segment and its position loses nothing, and what comes twice has its id (${way})`, async () => {
      const spool = new MemorySpool();
      const options = { spool, name: `killed-${way.slice(-4)}`, byEngine: way === 'by the engine' };
      const id = await rig.run(`${counting(1, 500)}; sleep 2; ${counting(501, 800)}`);
      const first = await rig.collect(options);
      await first.texts(id, 500);
      // What comes from here on is in the spool, and its position is not on the disk.
      const position = first.collector;
      await position.settle();
      await rig.ended(id);
      await first.kill();
      const second = await rig.collect(options);
      assert.deepEqual(await second.texts(id, 800), counted(1, 800));
      await second.kill();
      const bySequence = new Map<number, string>();
      for (const record of spool.records(id)) {
        if (record.kind !== 'log') continue;
        assert.equal(bySequence.get(record.sequence) ?? record.text, record.text);
        bySequence.set(record.sequence, record.text);
      }
    });
  }
});

test('where logs stay at home none are read, also later', async () => {
  const id = await rig.run('echo before; sleep 1; echo meanwhile; sleep 1; echo later');
  await byFile.texts(id, 1);
  byFile.collector.look(await rig.scene({ telemetryLogs: false }));
  await rig.ended(id);
  await byFile.collector.settle();
  assert.deepEqual(
    byFile.spool.lines(id).map(({ text }) => text),
    ['before'],
  );
});
