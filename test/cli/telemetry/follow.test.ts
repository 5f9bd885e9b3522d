/** `towline logs -f` against a real gateway over SSH: a line is on the screen soon after its device was asked. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { pack, pushBody, refOf, sendPush, zero } from '../../gateway/rig/push.ts';

const device = testDevice('follow-1');
const container = 'abcdef012345';

/** A device that has written lines, and sends them when it is asked. */
class AskedDevice {
  readonly #gateway: GatewayProgram;
  #tip: string | undefined;
  #lines: string[] = [];
  #sequence = 0;

  constructor(gateway: GatewayProgram) {
    this.#gateway = gateway;
  }

  writes(line: string): void {
    this.#lines.push(line);
  }

  async listens(): Promise<IncomingMessage> {
    const outgoing = this.#gateway.client(device).open('/v1/telemetry-hints');
    outgoing.end();
    const [stream] = (await once(outgoing, 'response')) as [IncomingMessage];
    stream.on('error', () => {});
    stream.on('data', (piece: Buffer) => {
      if (piece.includes('event: flush')) void this.sends();
    });
    return stream;
  }

  async sends(): Promise<void> {
    if (this.#lines.length === 0) return;
    const first = this.#sequence;
    const records = this.#lines.map((text, at) => ({
      ...{
        kind: 'log' as const,
        sequence: first + at,
        time: new Date().toISOString(),
        stream: 'stdout' as const,
      },
      text,
    }));
    this.#sequence += records.length;
    this.#lines = [];
    const place = {
      kind: 'logs',
      class: 'log',
      project: 'hello',
      service: 'web',
      container,
      sequence: first,
    } as const;
    const made = makeStatusCommit({
      ...{ parent: this.#tip, message: 'telemetry', device: device.id, fleet: 'acme', timeMs: Date.now() },
      files: new Map([[segmentPath(place), new Uint8Array(writeSegment(records))]]),
      key: sshKeyOf(device.keys),
    });
    using client = this.#gateway.client(device);
    const body = pushBody(this.#tip ?? zero, made.id, refOf(device), pack(...made.objects));
    const answer = await sendPush(client, body);
    assert.match(answer.body.toString('utf8'), /ok refs/);
    this.#tip = made.id;
  }
}

describe('towline logs -f', () => {
  const ready = (async () => {
    const fleet = await TestFleet.make([device]);
    await fleet.init();
    return { fleet, gateway: await GatewayProgram.start(fleet.config) };
  })();
  after(async () => {
    const { fleet, gateway } = await ready;
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
  });

  test('a line that a device has written is shown within 5 s, again and again, and SIGINT ends it', async () => {
    const { fleet, gateway } = await ready;
    const asked = new AskedDevice(gateway);
    asked.writes('before');
    await asked.sends();
    const stream = await asked.listens();
    const url = `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;
    const words = ['logs', device.id, '-f', '--repo', fleet.repository.path, '--telemetry', url];
    const child = spawn(path.join(commandFolder, 'towline'), words, {
      env: { ...process.env, ...fleet.ssh() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => {
      complaint += piece.toString('utf8');
    });
    const shown = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => String((await shown.next()).value).replace(/^\S+ /, '');
    assert.equal(await next(), 'web before', complaint);
    const tookMs: number[] = [];
    for (const line of ['one', 'two', 'three']) {
      asked.writes(line);
      const began = performance.now();
      assert.equal(await next(), `web ${line}`, complaint);
      tookMs.push(Math.round(performance.now() - began));
    }
    // The first may come while the session is made; a busy machine makes all of it slower.
    assert.ok(Math.min(...tookMs) < 5000, `${tookMs}`);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null], complaint);
    stream.destroy();
    process.stdout.write(`# shown after ${tookMs.join(', ')} ms\n`);
  });
});
