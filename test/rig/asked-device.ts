/** A device that sends the lines that it has written when it is asked, and not before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { makeStatusCommit } from '../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../core/io/device-keys.ts';
import { writeSegment } from '../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../core/telemetry/record/segment-path.ts';
import type { TestDevice } from '../gateway/rig/gateway.ts';
import type { GatewayProgram } from '../gateway/rig/program.ts';
import { pack, pushBody, refOf, sendPush, zero } from '../gateway/rig/push.ts';

const container = 'abcdef012345';

export class AskedDevice {
  readonly #gateway: GatewayProgram;
  readonly #device: TestDevice;
  /** Times that it was asked. */
  asked = 0;
  #tip: string | undefined;
  #lines: string[] = [];
  #sequence = 0;

  constructor(gateway: GatewayProgram, device: TestDevice) {
    this.#gateway = gateway;
    this.#device = device;
  }

  writes(line: string): void {
    this.#lines.push(line);
  }

  async listens(): Promise<IncomingMessage> {
    const outgoing = this.#gateway.client(this.#device).open('/v1/telemetry-hints');
    outgoing.end();
    const [stream] = (await once(outgoing, 'response')) as [IncomingMessage];
    stream.on('error', () => {});
    stream.on('data', (piece: Buffer) => {
      if (!piece.includes('event: flush')) return;
      this.asked += 1;
      this.sends().catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined));
    });
    return stream;
  }

  /** @param service of the app `hello` */
  async sends(service = 'web'): Promise<void> {
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
      service,
      container,
      sequence: first,
    } as const;
    const made = makeStatusCommit({
      ...{
        parent: this.#tip,
        message: 'telemetry',
        device: this.#device.id,
        fleet: 'acme',
        timeMs: Date.now(),
      },
      files: new Map([[segmentPath(place), new Uint8Array(writeSegment(records))]]),
      key: sshKeyOf(this.#device.keys),
    });
    using client = this.#gateway.client(this.#device);
    const body = pushBody(this.#tip ?? zero, made.id, refOf(this.#device), pack(...made.objects));
    const answer = await sendPush(client, body);
    assert.match(answer.body.toString('utf8'), /ok refs/);
    this.#tip = made.id;
  }
}
