/**
 * A million lines of a real container, read by a real agent and delivered by a real gateway into a file and into a receiver that is
 * slow, refuses and is away at random, while agent and gateway are killed: every line arrives in both, and what comes twice has its
 * id. Of remote write there is no such test: metrics that were not packed when an agent is killed are gone, as samples are.
 */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ElasticsearchServer } from '../gateway/sinks/receivers/elasticsearch-server.ts';
import type { Fault } from '../gateway/sinks/receivers/http-receiver.ts';
import { strideOf } from '../rig/every.ts';
import { id, TalkingFleet } from './talking-fleet.ts';

/** Twenty thousand where it is run by itself (`npm test -- test/e2e/delivery.long.ts`). */
const lines = 1_000_000 / strideOf(50);
/** Between two kills. */
const perLife = Math.max(2500, lines / 40);
const faults: readonly Fault[] = [
  { slowMs: 300 },
  { slowMs: 3000 },
  { status: 503 },
  { status: 429, headers: { 'retry-after': '1' } },
  'cut',
];
/** 500 lines, a pause: some 3,000 a second on a quiet machine. */
const compose = `
services:
  counter:
    image: \${REGISTRY}/hello/worker:\${TOWLINE_RELEASE}
    restart: unless-stopped
    logging: { driver: json-file, options: { max-size: 200m, max-file: "3" } }
    command:
      - /bin/sh
      - -c
      - 'i=0; while [ $$i -lt ${lines} ]; do echo "count $$i"; i=$$((i+1)); [ $$((i%500)) = 0 ] && sleep 0.15; done; sleep 1000000'
`;

/** How often each number came, and under which id. */
class Heard {
  readonly #ids = new Map<number, string>();
  readonly #numbers = new Map<string, number>();
  total = 0;

  note(key: string, text: string): void {
    const number = Number(/^count (\d+)$/.exec(text)?.[1]);
    if (!Number.isInteger(number)) return;
    assert.equal(this.#ids.get(number) ?? key, key, `count ${number} has two ids`);
    assert.equal(this.#numbers.get(key) ?? number, number, `${key} is two lines`);
    this.#ids.set(number, key);
    this.#numbers.set(key, number);
    this.total += 1;
  }

  get unique(): number {
    return this.#ids.size;
  }
}

/** Lines of a file that grows, each once. */
class GrowingFile {
  readonly #file: string;
  #at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  *lines(): Generator<string> {
    if (!existsSync(this.#file)) return;
    const handle = openSync(this.#file, 'r');
    try {
      const bytes = Buffer.alloc(4 * 1024 * 1024);
      for (;;) {
        const read = bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, this.#at));
        const end = read.lastIndexOf('\n') + 1;
        if (end === 0) return;
        this.#at += end;
        yield* read.toString('utf8', 0, end - 1).split('\n');
      }
    } finally {
      closeSync(handle);
    }
  }
}

let server: ElasticsearchServer;
let fleet: TalkingFleet;
before(async () => {
  server = await new ElasticsearchServer().listen();
  const slow = `slow: { kind: elasticsearch, url: "${server.url}", timeout: 2s, filter: { kinds: [logs] } }`;
  fleet = await TalkingFleet.start({ compose, sinks: [slow], maxBytesPerDay: '10GiB' });
});
after(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('agent and gateway are killed again and again, a receiver is slow and refuses: every line arrives, under one id each', async t => {
  const [file, slow] = [new Heard(), new Heard()];
  const { gateway } = fleet.rig;
  const agent = fleet.rig.device(id).program;
  const records = new GrowingFile(fleet.sinkFile);
  let [kills, gatewayKills] = [0, 0];
  const hear = (): void => {
    for (const line of records.lines()) {
      const { kind, id: key, text = '' } = JSON.parse(line);
      if (kind === 'log') file.note(key, text);
    }
    server.received.length = 0;
    for (const stream of server.documents.values()) {
      for (const [key, document] of stream) slow.note(key, String(document.message));
      stream.clear();
    }
  };
  const isThere = (): boolean => file.unique >= lines && slow.unique >= lines;
  const endMs = performance.now() + 120_000 + lines * 20;
  while (!isThere()) {
    assert.ok(
      performance.now() < endMs,
      `${file.unique} and ${slow.unique} of ${lines}\n${agent.lastWords()}`,
    );
    const before = file.unique;
    server.faults.push(...faults.filter(() => Math.random() < 0.3));
    // It gets somewhere, then it is killed in the middle of whatever it is about.
    for (let waits = 0; waits < 300 && !isThere() && file.unique < before + perLife; waits += 1) {
      await delay(100);
      hear();
    }
    if (isThere()) break;
    await delay(Math.random() * 1500);
    await agent.kill();
    kills += 1;
    if (kills % 4 === 2) {
      await gateway.program.kill();
      gatewayKills += 1;
      await gateway.start();
    }
    agent.start();
  }
  assert.equal(file.unique, lines);
  assert.equal(slow.unique, lines);
  const twice = [file, slow].map(({ total }) => total - lines).join(' and ');
  t.diagnostic(
    `${lines} lines in two sinks, ${twice} came twice, ${kills} kills of the agent, ${gatewayKills} of the gateway`,
  );
});
