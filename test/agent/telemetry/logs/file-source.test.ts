/** A log from files on the disk, as the drivers json-file and local move, compress and empty them. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ContainerLog } from '../../../../agent/telemetry/logs/container-log.ts';
import { FileSource } from '../../../../agent/telemetry/logs/file-source.ts';
import { jsonFileFormat } from '../../../../agent/telemetry/logs/json-file-format.ts';
import { localFormat } from '../../../../agent/telemetry/logs/local-format.ts';
import type { LogFormat } from '../../../../agent/telemetry/logs/log-format.ts';
import { PieceBuffers } from '../../../../agent/telemetry/logs/piece-buffers.ts';
import { beginning, type LogPosition } from '../../../../agent/telemetry/logs/position.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { defaultLogSettings, type LogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { MemorySpool } from './log-rig.ts';

const container = { id: 'c'.repeat(64), project: 'web', service: 'app' };
const clock = createSystemClock();
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-log-files-'));
  file = path.join(folder, 'x-json.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const timeOf = (number: number) =>
  `2026-11-23T18:00:00.${String(number).padStart(9, '0').replace(/0+$/, '')}Z`;
const json = (number: number, text = `line ${number}\n`, stream = 'stdout') =>
  `${JSON.stringify({ log: text, stream, time: timeOf(number) })}\n`;
const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => json(first + index)).join('');
const texts = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `line ${first + index}`);

/** A reader of one log. */
class Reader {
  readonly spool: MemorySpool;
  readonly log: ContainerLog;
  readonly #stop = new AbortController();
  readonly #reading: Promise<unknown>;
  #looks = 0;
  /** What the engine says of its container. */
  hasEnded = false;

  constructor(
    position: LogPosition = beginning,
    spool = new MemorySpool(),
    format: LogFormat = jsonFileFormat,
    maxFileBytes?: number,
    settings: LogSettings = defaultLogSettings,
  ) {
    this.spool = spool;
    this.log = new ContainerLog({
      container,
      position,
      settings,
      nowMs: () => Date.now(),
    });
    const place = { driver: 'json-file', file, maxFileBytes, maxFiles: 3, startedMs: 0, hasEnded: false };
    this.log.linesEnd('by the next');
    const hasEnded = async () => this.hasEnded;
    const source = new FileSource(file, format, { place, clock, buffers: new PieceBuffers(), hasEnded });
    this.#reading = source
      .read({
        log: this.log,
        breathe: () => undefined,
        caughtUp: () => {
          this.#looks += 1;
        },
        signal: this.#stop.signal,
      })
      .catch((error: unknown) => error);
  }

  /** All that is there now is read. */
  async read(): Promise<string[]> {
    const from = this.#looks;
    while (this.#looks < from + 2) await clock.sleep(5, this.#stop.signal);
    await this.log.flush('all', this.spool);
    return this.spool.lines(container.id).map(({ text }) => text);
  }

  /** @returns where it would go on */
  async stop(): Promise<LogPosition> {
    await this.log.flush('all', this.spool);
    this.#stop.abort();
    await this.#reading;
    return JSON.parse(JSON.stringify(this.log.durable));
  }
}

describe('a json-file', () => {
  test('is read as it grows, its last line when it is whole, and across files that are moved on', async () => {
    writeFileSync(file, lines(1, 3));
    const reader = new Reader();
    assert.deepEqual(await reader.read(), texts(1, 3));
    const [half, rest] = [json(4).slice(0, 20), json(4).slice(20)];
    appendFileSync(file, half);
    assert.deepEqual(await reader.read(), texts(1, 3));
    appendFileSync(file, rest + json(5));
    renameSync(file, `${file}.1`);
    writeFileSync(file, lines(6, 7));
    renameSync(`${file}.1`, `${file}.2`);
    renameSync(file, `${file}.1`);
    writeFileSync(file, lines(8, 9));
    assert.deepEqual(await reader.read(), texts(1, 9));
    assert.deepEqual(reader.spool.gaps(container.id), []);
    await reader.stop();
  });

  test('goes on after a restart where it was, also in a file that was moved on or compressed meanwhile', async () => {
    writeFileSync(file, lines(1, 4));
    const first = new Reader();
    assert.deepEqual(await first.read(), texts(1, 4));
    const position = await first.stop();
    appendFileSync(file, lines(5, 6));
    renameSync(file, `${file}.1`);
    writeFileSync(file, lines(7, 8));
    const moved = new Reader(position, first.spool);
    assert.deepEqual(await moved.read(), texts(1, 8));
    await moved.stop();
    const spool = new MemorySpool();
    writeFileSync(`${file}.2.gz`, gzipSync(lines(1, 6)));
    rmSync(`${file}.1`);
    const compressed = new Reader(position, spool);
    assert.deepEqual(await compressed.read(), texts(5, 8));
    await compressed.stop();
    assert.deepEqual(
      spool.records(container.id).map(({ sequence }) => sequence),
      [4, 5, 6, 7],
    );
  });

  test('that was removed before it was read leaves a gap, and all that is there comes', async () => {
    writeFileSync(file, lines(1, 4));
    const first = new Reader();
    await first.read();
    const position = await first.stop();
    rmSync(file);
    writeFileSync(`${file}.1`, lines(20, 22));
    writeFileSync(file, lines(23, 24));
    const next = new Reader(position);
    assert.deepEqual(await next.read(), texts(20, 24));
    assert.deepEqual(
      next.spool.gaps(container.id).map(({ reason, sequence }) => [reason, sequence]),
      [['rotated', Date.parse('2026-11-23T18:00:00Z') * 1000]],
    );
    await next.stop();
  });

  test('that is emptied in its place is read from its beginning, and what was certainly lost is counted', async () => {
    writeFileSync(file, lines(1, 30));
    const reader = new Reader(beginning, new MemorySpool(), jsonFileFormat, 5000);
    await reader.read();
    truncateSync(file);
    appendFileSync(file, lines(60, 61));
    assert.deepEqual(await reader.read(), [...texts(1, 30), ...texts(60, 61)]);
    const bytes = 5000 - lines(1, 30).length;
    assert.deepEqual(
      reader.spool.gaps(container.id).map(gap => gap.bytes),
      [bytes],
    );
    await reader.stop();
  });

  test('that is emptied and comes as far as it was before anybody looks is read from its beginning, behind a gap', async () => {
    writeFileSync(file, lines(1, 5));
    const reader = new Reader();
    await reader.read();
    // In one go, as between two looks.
    writeFileSync(file, lines(60, 80));
    assert.deepEqual(await reader.read(), [...texts(1, 5), ...texts(60, 80)]);
    assert.deepEqual(
      reader.spool.gaps(container.id).map(({ reason }) => reason),
      ['rotated'],
    );
    appendFileSync(file, lines(81, 82));
    assert.deepEqual(await reader.read(), [...texts(1, 5), ...texts(60, 82)]);
    await reader.stop();
  });

  test('lines in parts are one, escapes are read, the same line at the same nanosecond is there twice, garbage is not', async () => {
    const same = json(3, 'same\n');
    const labelled = JSON.stringify({
      log: 'x\n',
      stream: 'stderr',
      attrs: { a: '"time":"' },
      time: timeOf(9),
    });
    const parts = json(4, 'long ') + json(5, 'between\n', 'stderr') + json(4, 'line\n');
    const hostile = [
      'a\\n\n',
      '\u001b[31m"red"\u0000\n',
      '","stream":"stdout","time":"2026-11-23T18:00:00Z"}\n',
      'ü\n',
    ];
    const odd = hostile.map((text, index) => json(10 + index, text)).join('');
    writeFileSync(file, `${same}${same}${parts}no json\n{"log":1}\n${labelled}\n${odd}`);
    const reader = new Reader();
    assert.deepEqual(await reader.read(), [
      'same',
      'same',
      'between',
      'long line',
      'x',
      ...hostile.map(text => text.slice(0, -1).replace('\u001b[31m', '')),
    ]);
    await reader.stop();
  });
});

/** Reported of other collectors: the numbers are their issues. */
describe('what others lose or tell twice', () => {
  const told = async (reader: Reader) => [await reader.read(), reader.spool.gaps(container.id).length];

  test('last words without a line end are there when the container has ended, and the next start’s first line is another', async () => {
    writeFileSync(file, json(1) + json(2, 'last words'));
    const reader = new Reader();
    assert.deepEqual(await reader.read(), ['line 1']);
    reader.hasEnded = true;
    while ((await reader.read()).length < 2) await clock.sleep(20, new AbortController().signal);
    reader.hasEnded = false;
    appendFileSync(file, json(3) + json(4, 'more last words') + json(5));
    assert.deepEqual(await reader.read(), ['line 1', 'last words', 'line 3', 'more last words', 'line 5']);
    await reader.stop();
  });

  test('a log that is copied and emptied comes once, while it is followed and across a restart (beats 39731)', async () => {
    writeFileSync(file, lines(1, 5));
    const reader = new Reader();
    await reader.read();
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
    appendFileSync(file, lines(6, 7));
    assert.deepEqual(await reader.read(), texts(1, 7));
    const position = await reader.stop();
    appendFileSync(file, lines(8, 9));
    copyFileSync(`${file}.1`, `${file}.2`);
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
    appendFileSync(file, json(10));
    const next = new Reader(position, reader.spool);
    assert.deepEqual(await told(next), [texts(1, 10), 0]);
    await next.stop();
  });

  test('another file under the inode of one that was read is read from its beginning (beats 1341, fluent-bit 2110)', async () => {
    writeFileSync(file, lines(1, 5));
    const reader = new Reader();
    await reader.read();
    const position = await reader.stop();
    const { ino } = statSync(file);
    writeFileSync(file, lines(20, 40));
    assert.equal(statSync(file).ino, ino);
    const next = new Reader(position, reader.spool);
    assert.deepEqual(await told(next), [[...texts(1, 5), ...texts(20, 40)], 1]);
    await next.stop();
  });

  test('a file that was emptied under whoever writes it begins with zeroes, and goes on behind them (fluent-bit 3117)', async () => {
    writeFileSync(file, lines(1, 50));
    const reader = new Reader();
    await reader.read();
    const { size } = statSync(file);
    writeFileSync(file, Buffer.concat([Buffer.alloc(size), Buffer.from(`\n${lines(51, 53)}`)]));
    assert.deepEqual(await told(reader), [texts(1, 53), 1]);
    await reader.stop();
  });

  test('a file that was read is not read again for being moved on three times while nobody looked (beats 1281, 36541)', async () => {
    writeFileSync(file, lines(1, 3));
    const reader = new Reader();
    await reader.read();
    const position = await reader.stop();
    for (const number of [4, 6, 8]) {
      for (const at of [2, 1]) if (number > 2 + 2 * at) renameSync(`${file}.${at}`, `${file}.${at + 1}`);
      renameSync(file, `${file}.1`);
      writeFileSync(file, lines(number, number + 1));
    }
    const next = new Reader(position, reader.spool);
    assert.deepEqual(await told(next), [texts(1, 9), 0]);
    assert.equal(reader.spool.records(container.id).length, 9);
    await next.stop();
  });

  test('a line, and a trace, that begin in one file and end in the next are one each (fluent-bit 1055, 3538, 4281, 4650)', async () => {
    writeFileSync(file, json(1, 'the first half, ') + json(2, 'java.lang.Error: x\n', 'stderr'));
    const java: LogSettings = { ...defaultLogSettings, multiline: 'java' };
    const reader = new Reader(beginning, new MemorySpool(), jsonFileFormat, undefined, java);
    await reader.read();
    renameSync(file, `${file}.1`);
    writeFileSync(file, json(3, '\tat a.B.c(B.java:1)\n', 'stderr') + json(1, 'the second half\n'));
    await reader.read();
    reader.log.close();
    const texts = ['the first half, the second half', 'java.lang.Error: x\n\tat a.B.c(B.java:1)'];
    assert.deepEqual((await reader.read()).sort(), texts.sort());
    await reader.stop();
  });
});

test('a file of the driver local is read, and what is none says so', async () => {
  const varint = (value: bigint): number[] =>
    value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
  const field = (number: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(BigInt(bytes.length))]), bytes]);
  /** @param part of a line, and whether the last */
  const entry = (number: number, text: Buffer, part?: boolean) => {
    const nanoseconds = BigInt(Date.parse('2026-11-23T18:00:00Z')) * 1_000_000n + BigInt(number);
    const message = Buffer.concat([
      field(1, Buffer.from('stdout')),
      Buffer.from([0x10, ...varint(nanoseconds)]),
      field(3, text),
      ...(part === undefined
        ? []
        : [Buffer.from([0x20, 1]), field(5, Buffer.from(part ? [0x08, 1, 0x18, 2] : [0x18, 1]))]),
    ]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(message.length);
    return Buffer.concat([size, message, size]);
  };
  const umlaut = Buffer.from('ü');
  const all = [
    entry(1, Buffer.from('one')),
    entry(2, umlaut.subarray(0, 1), false),
    entry(2, umlaut.subarray(1), true),
  ];
  writeFileSync(file, Buffer.concat(all));
  const reader = new Reader(beginning, new MemorySpool(), localFormat);
  assert.deepEqual(await reader.read(), ['one', 'ü']);
  assert.equal(reader.spool.lines(container.id)[0]?.time, '2026-11-23T18:00:00.000000001Z');
  const position = await reader.stop();
  appendFileSync(file, entry(9, Buffer.from('next')));
  const next = new Reader(position, reader.spool, localFormat);
  assert.deepEqual(await next.read(), ['one', 'ü', 'next']);
  await next.stop();
  assert.throws(() => localFormat.read(Buffer.from('{"log":"text"}\n'), () => undefined), {
    name: 'FormatError',
  });
});
