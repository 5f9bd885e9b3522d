/** Whatever a person sends to the agent's own server, and whatever an engine puts out: it is answered, or cut. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { ExecFrames } from '../../../agent/access/engine/exec-frames.ts';
import { readDeviceCommand } from '../../../agent/access/reports/device-command.ts';
import { readUserName, servicesNamed } from '../../../core/access/user-name.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { onlyOurErrors } from '../../fuzz/mutation.ts';
import { Unharmed } from '../../fuzz/unharmed.ts';
import { hostilePayloads, sendPayload } from '../../rig/ssh-packets.ts';
import { enter, type PersonClient } from './person-client.ts';

/** In `npm test`. */
const usual = { ms: 1_000 };

describe('the agent’s own server, fuzzed', () => {
  test('whatever a person sends who has logged in', async () => {
    await using rig = await AccessRig.start({ engine: 'none' });
    await rig.use({ access: { services: [{ app: 'shop', service: 'web' }] } });
    using unharmed = new Unharmed();
    let peer: PersonClient | undefined;
    const property = fc.asyncProperty(hostilePayloads(22), async payloads => {
      if (peer === undefined || peer.socket.destroyed || !peer.socket.writable) {
        peer = await enter(rig);
        peer.ssh.removeAllListeners('error').on('error', () => {});
      }
      for (const payload of payloads) {
        try {
          sendPayload(peer.ssh, payload);
        } catch {
          // Our own side is gone.
          break;
        }
      }
      await wait(2);
      await unharmed.check();
    });
    await fuzzed('people at the agent', property, usual);
    peer?.socket.destroy();
    (await enter(rig)).ssh.destroy();
  });

  test('user names and commands are read without harm, and mean what there is', async () => {
    const services = [
      { app: 'shop', service: 'web' },
      { app: 'blog', service: 'web' },
      { app: 'blog', service: 'web-2' },
    ];
    const piece = fc.constantFrom('via+', 'watch+', 'join+', 'web', 'shop.', 'blog.', '-2', '+', '.');
    const name = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 6 })
      .map(parts => parts.join(''));
    const word = fc.oneof(
      fc.constantFrom('logs', 'status', 'web', '-f', '--since', '--since=1h', '--tail', '-n', '10', '5m'),
      fc.string({ maxLength: 10 }),
    );
    const command = fc.array(word, { maxLength: 8 }).map(words => words.join(' '));
    const property = fc.property(name, command, (user, said) => {
      const { entrance } = readUserName(user);
      if (entrance.kind === 'named') {
        for (const { app, service } of servicesNamed(entrance.name, services)) {
          assert.ok(services.some(one => one.app === app && one.service === service));
        }
      }
      readDeviceCommand(said, 1e12);
    });
    await fuzzed('names and commands', property);
  });

  test('an engine’s frames come out as they went in, wherever they are cut; what is no frame is an error', async () => {
    const frame = fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 }));
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
    const property = fc.property(fc.array(frame, { maxLength: 8 }), sizes, (frames, cuts) => {
      const whole = Buffer.concat(
        frames.flatMap(([stream, bytes]) => {
          const header = Buffer.alloc(8);
          header.writeUInt8(stream);
          header.writeUInt32BE(bytes.length, 4);
          return [header, bytes];
        }),
      );
      const parser = new ExecFrames();
      const out = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
      for (let at = 0, turn = 0; at < whole.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1;
        for (const { stream, bytes } of parser.push(whole.subarray(at, at + size))) {
          out[stream] = Buffer.concat([out[stream], bytes]);
        }
        at += size;
      }
      const of = (kind: number) =>
        Buffer.concat(frames.filter(([one]) => one === kind).map(([, bytes]) => bytes));
      assert.deepEqual(out, { stdout: of(1), stderr: of(2) });
    });
    await fuzzed('frames of commands', property);
    const any = fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      onlyOurErrors(() => new ExecFrames().push(Buffer.from(bytes)));
    });
    await fuzzed('what is no frame', any);
  });
});
