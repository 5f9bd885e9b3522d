/** Who reads the telemetry of some devices alone: what git shows them, what they may have asked for, and what an attacker tries. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { git, type TestDevice, testDevice } from '../rig/gateway.ts';
import { command, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';
import { pushStatus } from '../rig/push.ts';

const [own, other] = [testDevice('reads-own'), testDevice('reads-other')];

/** A fleet of two devices, one of which bob reads. */
async function started() {
  const fleet = await TestFleet.make([own, other]);
  const bob = await makeSshKey();
  await fleet.repository.commit({
    files: {
      'operators/bob.yaml': [
        'apiVersion: towline/v1',
        `sshKeys: ["${bob.publicKey}"]`,
        `reads: [{ devices: [${own.id}] }]`,
        '',
      ].join('\n'),
    },
    signer: fleet.operator,
  });
  await fleet.init();
  const gateway = await GatewayProgram.start(fleet.config);
  const tips = new Map<string, string>();
  const push = async (device: TestDevice, text: string) => {
    using client = gateway.client(device);
    const tip = await pushStatus(client, device, text, tips.get(device.id));
    tips.set(device.id, tip);
    return tip;
  };
  const ssh = sshFlags(bob);
  const session = (what: string, environment: Record<string, string> = {}) =>
    spawn(
      'ssh',
      [...ssh, '-o', 'SendEnv=GIT_PROTOCOL', '-p', `${gateway.people}`, 'towline@127.0.0.1', what],
      {
        env: { ...process.env, ...environment },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  const url = `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;
  const asBob = { ...fleet.ssh(), GIT_SSH_COMMAND: `ssh ${ssh.join(' ')}` };
  const dispose = async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bob.remove();
  };
  return { fleet, gateway, push, session, url, asBob, [Symbol.asyncDispose]: dispose };
}

describe('a person who reads some devices', () => {
  const ready = started();
  after(async () => await (await ready)[Symbol.asyncDispose]());

  test('sees their branches alone, and gets no object of another by its id, in any version of the protocol', async () => {
    const here = await ready;
    const [mine, theirs] = [await here.push(own, 'mine\n'), await here.push(other, 'theirs\n')];
    const listed = await command('git', ['ls-remote', here.url], { env: here.asBob });
    assert.equal(listed.stdout, `${mine}\trefs/heads/telemetry/${own.id}\n`, listed.stderr);
    const folder = here.fleet.folder;
    git(['init', '-q', '--bare', `${folder}/bob.git`], {});
    const blob = git(['rev-parse', `${theirs}:status.yaml`], { cwd: here.fleet.telemetryGit });
    for (const version of ['0', '1', '2']) {
      const fetch = (what: string) =>
        command(
          'git',
          ['-C', `${folder}/bob.git`, '-c', `protocol.version=${version}`, 'fetch', here.url, what],
          {
            env: here.asBob,
          },
        );
      for (const id of [theirs, blob]) {
        const stolen = await fetch(id);
        assert.notEqual(stolen.code, 0, `version ${version}: ${stolen.stderr}`);
        assert.match(stolen.stderr, /unadvertised object|not our ref/);
      }
      const fetched = await fetch(`+refs/heads/telemetry/*:refs/heads/telemetry/*`);
      assert.equal(fetched.code, 0, fetched.stderr);
    }
    assert.equal(
      git(['cat-file', '--batch-check'], { cwd: `${folder}/bob.git`, input: `${theirs}\n` }),
      `${theirs} missing`,
    );
  });

  test('is not believed by the wire either: wants of version 2 are answered as version 0, wants of hidden tips refused', async () => {
    const here = await ready;
    const [mine, theirs] = [await here.push(own, 'mine\n'), await here.push(other, 'theirs\n')];
    const said = async (input: Buffer, environment: Record<string, string>) => {
      const child = here.session("git-upload-pack 'telemetry.git'", environment);
      const pieces: Buffer[] = [];
      child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
      child.stderr.resume();
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      await once(child, 'close');
      return Buffer.concat(pieces);
    };
    const version2 = Buffer.concat([
      encodePacket('command=fetch\n'),
      Buffer.from('0001'),
      encodePacket(`want ${theirs}\n`),
      encodePacket('done\n'),
      flushPacket,
    ]);
    const version0 = (id: string) =>
      Buffer.concat([encodePacket(`want ${id}\n`), flushPacket, encodePacket('done\n')]);
    for (const input of [version2, version0(theirs)]) {
      const answer = await said(input, { GIT_PROTOCOL: 'version=2' });
      assert.ok(!answer.includes('PACK'), answer.toString('latin1').slice(0, 500));
      assert.ok(
        !answer.includes(theirs.slice(0, 40)) || answer.includes('not our ref'),
        'no advert names it',
      );
    }
    assert.ok((await said(version0(mine), {})).includes('PACK'), 'the same words for one that is theirs');
  });

  test('has these devices asked to send, at most once in 3 s, and is told what moved; of others not, nor more than 50', async () => {
    const here = await ready;
    await here.push(own, 'one\n');
    const { body, asked } = await hintStream(here.gateway, own);
    const watch = (devices: string) => here.session(`towline-watch ${devices}`);
    for (const [devices, code] of [
      [`${own.id} ${other.id}`, /GATEWAY_DEVICE_UNREADABLE/],
      ['reads-nobody', /GATEWAY_DEVICE_UNREADABLE/],
      [Array.from({ length: 51 }, (_, at) => `d${at}`).join(' '), /1 to 50 devices/],
      ['', /1 to 50 devices/],
    ] as const) {
      const refused = watch(devices);
      let complaint = '';
      refused.stderr.on('data', (piece: Buffer) => {
        complaint += piece.toString('utf8');
      });
      assert.deepEqual(await once(refused, 'close'), [1, null]);
      assert.match(complaint, code);
    }
    const watching = watch(own.id);
    const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'watching');
    await asked(1);
    const began = performance.now();
    // Who comes beside, or again, has the device asked no more often.
    const again = watch(own.id);
    await asked(2);
    assert.ok(performance.now() - began > 2500, 'once in 3 s');
    again.kill();
    const moved = lines.next();
    await here.push(own, 'two\n');
    assert.equal((await moved).value, `moved ${own.id}`);
    watching.kill();
    await once(watching, 'close');
    body.destroy();
    const audited = here.fleet.audited().filter(({ action }) => String(action).startsWith('watch'));
    assert.deepEqual([...new Set(audited.map(({ who, outcome }) => `${who} ${outcome}`))].sort(), [
      'bob allowed',
      'bob ended',
      'bob refused',
    ]);
  });
});

/** The device's side: counts what it is asked for. */
async function hintStream(gateway: GatewayProgram, device: TestDevice) {
  const client = gateway.client(device);
  const outgoing = client.open('/v1/telemetry-hints');
  outgoing.end();
  const [body] = (await once(outgoing, 'response')) as [IncomingMessage];
  assert.equal(body.headers['content-type'], 'text/event-stream');
  let text = '';
  body.on('error', () => {});
  body.on('data', (piece: Buffer) => {
    text += piece.toString('utf8');
  });
  const count = () => text.split('event: flush\ndata:\n\n').length - 1;
  const asked = async (times: number) => {
    const end = performance.now() + 30_000;
    while (count() < times) {
      assert.ok(performance.now() < end, `asked ${count()} times`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  return { body, asked };
}
