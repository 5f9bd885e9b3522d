import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { pushTelemetry } from '../../../agent/report/telemetry-push.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeDeviceKeys, sshKeyOf } from '../../../core/io/device-keys.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import { strideOf } from '../../rig/every.ts';

const never = new AbortController().signal;
const key = sshKeyOf(makeDeviceKeys('pump-1'));
const branch = 'refs/heads/telemetry/pump-1';
/** What silence may last in this test, milliseconds. */
const silenceMs = 40;

const damages: Readonly<
  Record<string, (body: Buffer, at: number) => ReturnType<NonNullable<GitServer['tamper']>>>
> = {
  cut: (body, cutAt) => ({ cutAt, body }),
  truncated: (body, at) => body.subarray(0, at),
  mutated: (body, at) => Buffer.from(body.map((byte, index) => (index === at ? byte ^ 0x55 : byte))),
  stalled: (body, at) => {
    const stream = new Readable({ read() {} });
    if (at > 0) stream.push(body.subarray(0, at));
    return { stream };
  },
};

/** A device that pushes one log segment after another, each as often as it must. */
class Device {
  readonly #dialler: Dialler;
  #tip: string | undefined;

  constructor(dialler: Dialler) {
    this.#dialler = dialler;
  }

  async push(number: number, idleTimeoutMs: number): Promise<void> {
    const name = `logs/${String(number).padStart(5, '0')}.log`;
    const files = new Map([[name, Buffer.from(`line ${number}\n`)]]);
    const said = { files, message: `segment ${number}`, device: 'pump-1', fleet: 'acme', timeMs: 1e12, key };
    const dialler: Dialler = {
      ...this.#dialler,
      request: (request, signal) => this.#dialler.request({ ...request, idleTimeoutMs }, signal),
    };
    const make = (parent: string | undefined) => makeStatusCommit({ parent, ...said });
    const { tip } = await pushTelemetry({ dialler, device: 'pump-1', make, tip: this.#tip, signal: never });
    this.#tip = tip;
  }
}

for (const [kind, damage] of Object.entries(damages)) {
  test(`a report of a push ${kind} at any byte: the device pushes again, and each segment is there as it was`, async () => {
    await using cleanUp = new AsyncDisposableStack();
    const telemetry = await makeRepository();
    cleanUp.defer(() => telemetry.remove());
    const server = await startGitServer({ telemetry: telemetry.path });
    cleanUp.defer(() => server.close());
    const device = new Device(server.dialler);
    await device.push(0, 10_000);
    const length = server.seen.at(-1)?.body.length ?? 0;
    assert.ok(length > 40, `${length} bytes`);
    const numbers = [0];
    for (let at = 0; at < length; at += strideOf(7)) {
      numbers.push(at + 1);
      server.tamper = (url, body) =>
        url.endsWith('receive-pack') && body.length === length ? damage(body, at) : body;
      const failed = await device.push(at + 1, silenceMs).catch((error: unknown) => error);
      assert.ok(failed === undefined || failed instanceof TowlineError, `byte ${at}: ${String(failed)}`);
      server.tamper = undefined;
      if (failed !== undefined) await device.push(at + 1, 10_000);
    }
    await telemetry.git(['fsck', '--strict']);
    const objects = (await telemetry.git(['rev-list', '--objects', branch])).split('\n');
    const segments = objects.filter(line => line.includes(' logs/'));
    const names = numbers.map(number => `logs/${String(number).padStart(5, '0')}.log`);
    assert.deepEqual(segments.map(line => line.slice(41)).sort(), names, 'each once, with one content');
  });
}
