/** Recorded sessions through a whole agent and a real gateway that are killed: what a person saw is in a recording, and none is lost unsaid. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { type GpgKey, makeGpgKey } from '../../lab/rig/keys.ts';

const id = `recorded-${process.pid}`;
const compose = `
services:
  box:
    image: \${REGISTRY}/hello/worker:\${TOWLINE_RELEASE}
    command: ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $$!; done']
`;
/** Says a number every hundredth of a second, for as long as anybody lets it. */
const counting = 'i=0; while :; do echo "said $i"; i=$((i+1)); sleep 0.01; done';

interface Verified {
  readonly code: number;
  readonly count: number;
  readonly statuses: number;
  readonly fault?: { readonly code: string };
  readonly recordings: readonly {
    readonly recording: string;
    readonly state: string;
    readonly fault?: { readonly code: string };
  }[];
}

describe('recorded sessions while agent and gateway are killed', { timeout: 1_800_000 }, () => {
  let rig: FleetRig;
  let auditor: GpgKey;
  /** What each person has seen, in the order of their sessions. */
  const seen: string[] = [];
  const children: ChildProcess[] = [];

  before(async () => {
    rig = await FleetRig.prepare({
      narrator: silent,
      devices: [id],
      pushImages: images => images.push('hello/worker', firstRelease, 'worker'),
    });
    auditor = await makeGpgKey({ name: 'auditor', algorithm: 'default', usage: 'default' });
    await initialise(rig);
    await addGateway(rig);
    await addDevices(rig);
    const { operator, gateway } = rig;
    operator.write('apps/hello/compose.yaml', compose);
    operator.edit(
      `devices/${id}.yaml`,
      [['tunnel'], { state: 'open', until: new Date(Date.now() + 7_000_000).toISOString() }],
      [
        ['access'],
        {
          services: [{ app: 'hello', service: 'box' }],
          record: 'required',
          auditors: [await auditor.publicKey()],
        },
      ],
    );
    const { keys } = parse(operator.read(`devices/${id}.yaml`));
    appendFileSync(path.join(path.dirname(operator.sshKey), 'known_hosts'), `${id} ${keys.ssh}\n`);
    appendFileSync(operator.sshConfig, `Host ${id}\n  User box\n  IdentityFile ${operator.sshKey}\n`);
    await release(rig, firstRelease);
    await gateway.start();
    await publish(rig, 'A device whose sessions are recorded');
    rig.device(id).program.start();
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rig?.stop();
    await auditor?.remove();
  });

  const seenLast = () => ({
    agent: rig.device(id).program.lastWords(),
    gateway: rig.gateway.program.lastWords(),
  });
  const ssh = (command: string) => ['-F', rig.operator.sshConfig, '-J', 'gateway', id, command];

  /** Somebody comes, and sees a line. */
  async function comes() {
    return await waitUntil(
      'a session',
      async () => {
        const child = spawn('ssh', ssh(counting), { stdio: ['ignore', 'pipe', 'ignore'] });
        children.push(child);
        const at = seen.push('') - 1;
        child.stdout.on('data', bytes => {
          seen[at] += bytes;
        });
        const over = once(child, 'close').then(() => true);
        await Promise.race([once(child.stdout, 'data'), over]);
        if (seen[at] !== '') return { over };
        seen.pop();
        return undefined;
      },
      { intervalMs: 500, seen: seenLast },
    );
  }

  async function verified(): Promise<Verified> {
    const places = ['--gateway', 'ssh://gateway', '--telemetry', 'ssh://gateway/telemetry.git'];
    const { code, stdout, stderr } = await rig.operator.quietly('towline', [
      'session',
      'verify',
      '--all',
      '--json',
      ...places,
    ]);
    if (stdout === '') throw new Error(stderr);
    return { code, ...JSON.parse(stdout).devices[0] };
  }

  /** All that was recorded is at the gateway, whole, as the device's status says. */
  async function allWhole(): Promise<Verified> {
    let last: Verified | undefined;
    return await waitUntil(
      'all recordings to be whole',
      async () => {
        last = await verified();
        const { count } = (await rig.telemetry.status(id))?.recordings ?? {};
        const isWhole = last.code === 0 && last.recordings.every(({ state }) => state === 'whole');
        return isWhole && last.recordings.length === seen.length && count === last.count ? last : undefined;
      },
      { intervalMs: 1000, seen: () => ({ last, seen: seen.length, ...seenLast() }) },
    );
  }

  async function recorded(recording: string): Promise<string> {
    const { stdout, stderr } = await rig.operator.quietly(
      'towline',
      ['session', 'play', recording, '--export', '-', '--gateway', 'ssh://gateway'],
      { environment: { GNUPGHOME: auditor.home } },
    );
    assert.notEqual(stdout, '', stderr);
    const events = stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map(line => JSON.parse(line));
    return events.map(([, kind, data]) => (kind === 'o' ? data : '')).join('');
  }

  /** Bytes of what the gateway has of recordings. */
  function kept(): number {
    const folder = path.join(rig.gateway.state, 'recordings', id);
    if (!existsSync(folder)) return 0;
    return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  }

  async function grows(): Promise<void> {
    const before = kept();
    await waitUntil('a recording to grow', () => kept() > before || undefined, {
      intervalMs: 1,
      seen: seenLast,
    });
  }

  const agent = () => rig.device(id).program;
  const gateway = () => rig.gateway.program;
  for (const [who, kill] of [
    ['the agent', async () => await agent().kill()],
    ['the gateway', async () => await gateway().kill()],
    ['both', async () => void (await Promise.all([gateway().kill(), agent().kill()]))],
  ] as const) {
    test(`SIGKILL of ${who} in the middle of a session, while the gateway takes it in: all that was seen is kept`, async () => {
      for (let round = 0; round < 3; round += 1) {
        const { over } = await comes();
        await grows();
        await new Promise(resolve => setTimeout(resolve, round * 300));
        await kill();
        // Nobody stays in who is not recorded.
        assert.equal(await over, true);
        if (!gateway().running) await rig.gateway.start();
        if (!agent().running) agent().start();
      }
      const { recordings, count, statuses } = await allWhole();
      assert.equal(count, 2 * recordings.length);
      assert.ok(statuses > 0);
      for (const [at, { recording }] of recordings.entries()) {
        const [shown, whole = ''] = [await recorded(recording), seen[at]];
        assert.ok(shown.startsWith(whole), `${recording}: ${whole.slice(-40)} | ${shown.slice(-40)}`);
      }
    });
  }

  test('what a killed agent had left running in the container is ended by its next run', async () => {
    const { stdout } = await rig.operator.quietly('ssh', ssh('ps'));
    seen.push(stdout);
    assert.match(stdout, /PID/);
    assert.doesNotMatch(stdout, /said \$i/);
    await allWhole();
  });

  test('while its gateway is away a device lets nobody in; a recording that a gateway hides, or cuts, is named', async () => {
    const { recordings } = await allWhole();
    const [first, second] = recordings.map(({ recording }) => recording);
    const file = (name = '') => path.join(rig.gateway.state, 'recordings', id, name);
    renameSync(file(first), file('hidden'));
    const whole = readFileSync(file(second), 'utf8');
    writeFileSync(file(second), whole.split('\n').slice(0, -3).concat('').join('\n'));
    const found = await verified();
    assert.equal(found.code, 1);
    assert.deepEqual(
      [first, second].map(name => found.recordings.find(({ recording }) => recording === name)?.fault?.code),
      ['SESSION_RECORDING_MISSING', 'SESSION_RECORDING_TRUNCATED'],
    );
    assert.equal(found.recordings.filter(({ state }) => state === 'fault').length, 2);
    await gateway().kill();
    assert.notEqual((await rig.operator.quietly('ssh', ssh('true'))).code, 0);
  });
});
