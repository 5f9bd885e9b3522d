/** Git sessions of an operator who sends anything, to real git: they end, and nothing else does. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { Client } from 'ssh2';
import { encodePacket } from '../../../core/io/git/pkt-line.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import { SpawnedPeopleGit } from '../../../gateway/people/people-git.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated } from '../../fuzz/mutation.ts';
import { Unharmed } from '../../fuzz/unharmed.ts';
import { payload, sendPayload } from '../../rig/ssh-packets.ts';
import { helperCommand, makeState } from '../rig/gateway.ts';
import { logIn } from './client.ts';

const id = 'a'.repeat(40);
const end = Buffer.from('0000');
const said = [
  Buffer.concat([encodePacket(`want ${id} side-band-64k\n`), end, encodePacket('done\n')]),
  Buffer.concat([
    encodePacket('command=ls-refs\n'),
    Buffer.from('0001'),
    encodePacket('ref-prefix refs/\n'),
    end,
  ]),
  Buffer.concat([
    encodePacket(`${'0'.repeat(40)} ${id} refs/heads/x\0report-status\n`),
    end,
    Buffer.from('PACK'),
  ]),
  Buffer.concat([encodePacket(`${id} ${'0'.repeat(40)} refs/heads/main\0report-status atomic\n`), end]),
];
const commands = [
  "git-upload-pack 'fleet.git'",
  "git-receive-pack '/fleet.git'",
  "git upload-pack 'telemetry.git'",
];
const more = ["git-upload-pack 'other.git'", 'id', "git-upload-pack 'fleet.git' --x"];

type Leave = 'end' | 'close' | 'cut' | 'beyond' | 'stay';

/** @returns whether the connection may be used again */
async function session(client: Client, command: string, bytes: Uint8Array, leave: Leave): Promise<boolean> {
  await new Promise<void>(resolve => {
    client.exec(command, { env: { GIT_PROTOCOL: 'version=2' } }, (error, channel) => {
      if (error !== undefined) return resolve();
      channel.on('error', () => {}).on('close', resolve);
      channel.stderr.on('error', () => {}).resume();
      channel.resume().write(bytes);
      const { outgoing } = channel as unknown as { readonly outgoing: { readonly id: number } };
      if (leave === 'end') channel.end();
      if (leave === 'close') channel.close();
      if (leave === 'cut') client.destroy();
      if (leave === 'beyond') {
        for (const message of [96, 97, 94])
          sendPayload(client, payload(message, outgoing.id, 'after the end'));
      }
      setTimeout(resolve, 30);
    });
  });
  return leave !== 'cut';
}

test('an operator’s git sessions, fuzzed', async () => {
  const folder = makeState();
  const runner = new GitRunner({ maxProcesses: 4, maxQueued: 64, helperCommand });
  await runner.start();
  const git = new SpawnedPeopleGit({
    runner,
    clock: createSystemClock(),
    fleetGit: join(folder, 'fleet.git'),
    telemetryGit: join(folder, 'telemetry.git'),
    afterPush: async () => {},
  });
  {
    await using rig = await Rig.start({ git: request => git.run(request) });
    using unharmed = new Unharmed();
    let client: Client | undefined;
    const leaves = fc.constantFrom<Leave>('end', 'end', 'close', 'cut', 'beyond', 'stay');
    await fuzzed(
      'git sessions',
      fc.asyncProperty(
        fc.constantFrom(...commands, ...more),
        mutated(...said),
        leaves,
        async (command, bytes, leave) => {
          if (client === undefined) {
            client = (await logIn(rig)).client;
            client.removeAllListeners('error').on('error', () => {});
            client.on('close', () => {
              client = undefined;
            });
          }
          await session(client, command, bytes, leave).catch(() => {});
          await unharmed.check();
        },
      ),
      { ms: 1_500 },
    );
    client?.destroy();
    await wait(50);
    const honest = await logIn(rig);
    const answer = await new Promise<string>(resolve => {
      honest.client.exec("git-upload-pack 'fleet.git'", (_error, channel) => {
        channel.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
      });
    });
    assert.match(answer, /refs\/heads\/main/);
    honest.client.end();
  }
  await runner[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
