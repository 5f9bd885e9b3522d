/** What `towline lab` does to a fleet happens to it, and the fleet comes through: on one lab, one after the other. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LabRig } from '../../../lab/fleet/lab-rig.ts';
import { silent } from '../../../lab/fleet/narrator.ts';
import { publish, release } from '../../../lab/fleet/publish.ts';
import { firstRelease } from '../../../lab/fleet/releases.ts';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { programWords } from '../../../lab/machine/programs.ts';
import type { Lab } from '../../../lab/sites/lab.ts';
import { parseLabFile } from '../../../lab/sites/lab-file.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { makeLab } from '../../../lab/sites/make-lab.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { appliedEverywhere, closeTunnel, openTunnel } from '../../../scripts/demo/story.ts';
import { bitsPerSecond, connections, roundTripMs } from './wire-trial.ts';

const minuteMs = 60_000;
const clockWord = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
/** When the uplink of the ship goes, for two minutes: by then the lab is there. */
const outageMs = Math.ceil(Date.now() / minuteMs) * minuteMs + 6 * minuteMs;

const file = parseLabFile(
  'lab.yaml',
  Buffer.from(`apiVersion: towline/v1
poll: "*/2 * * * * *"
gateways: 2
sites:
  north: { devices: 2 }
  ship: { devices: [bridge], down: ["${clockWord(outageMs)}-${clockWord(outageMs + 2 * minuteMs)}"] }
`),
);
const hourMs = 60 * minuteMs;

describe('a lab that is disturbed', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-disturbed-'));
  let lab: Lab;
  let rig: LabRig;
  /** How the ship's devices reached the gateway while its uplink had its time of outage, and after it. */
  let outage: Promise<readonly boolean[]>;

  before(async () => {
    requireCommands(labCommands);
    const options = { name: `dist${process.pid % 100_000}`, file, folder: path.join(scratch, 'lab') };
    lab = await makeLab(options, AbortSignal.timeout(10 * minuteMs));
    rig = new LabRig(lab, silent);
    outage = watchOutage();
    outage.catch(() => undefined);
  });
  after(async () => {
    await lab?.down();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function watchOutage(): Promise<readonly boolean[]> {
    const state = async () => (await lab.status()).wires.find(({ site }) => site === 'ship')?.state;
    const reaches = async () => (await connections(lab, 'bridge')).some(one => one !== null);
    const options = { timeoutMs: 15 * minuteMs, intervalMs: 1000 };
    await waitUntil('the outage', async () => ((await state()) === 'outage' ? true : undefined), options);
    const during = await reaches();
    await waitUntil('its end', async () => ((await state()) === 'up' ? true : undefined), options);
    return [during, await reaches()];
  }

  /** Waits until a device's newest status fits. */
  function said(id: string, what: string, fits: (status: StatusFile) => boolean): Promise<StatusFile> {
    let last: StatusFile | undefined;
    return waitUntil(
      `${id} to say ${what}`,
      async () => {
        last = await rig.telemetry.status(id);
        return last !== undefined && fits(last) ? last : undefined;
      },
      { timeoutMs: 6 * minuteMs, intervalMs: 500, seen: () => last },
    );
  }

  const follows = (id: string, commit: string) =>
    said(id, `that it follows ${commit.slice(0, 10)}`, ({ trusted }) => trusted.commit === commit);

  async function changeSomething(why: string): Promise<string> {
    rig.operator.edit('devices/north-1.yaml', [['labels', 'why'], why]);
    return await publish(rig, why);
  }

  const restarts = async (part: string): Promise<number> =>
    (await lab.status()).parts.find(({ name }) => name === part)?.restarts ?? -1;

  const codesOf = ({ stopped, conditions }: StatusFile): (string | undefined)[] => [
    stopped?.code,
    ...conditions.filter(({ status }) => !status).map(({ reason }) => reason),
  ];

  test('a site that is cut off is not reached, the others go on, and mended it comes back by itself', async () => {
    await lab.cut('north');
    assert.deepEqual(await connections(lab, 'north-1', { count: 2 }), [null, null]);
    const commit = await changeSomething('cut off');
    await follows('bridge', commit);
    assert.notEqual((await rig.telemetry.status('north-1'))?.trusted.commit, commit);
    await lab.mend('north');
    for (const id of ['north-1', 'north-2']) await follows(id, commit);
    assert.equal(await restarts('north-1'), 0);
  });

  test('cut off for a while, it is mended by itself', async () => {
    await lab.cut('north', 3000);
    assert.equal((await lab.status()).wires.find(({ site }) => site === 'north')?.state, 'cut');
    await waitUntil('the end of it', async () =>
      (await lab.status()).wires.some(({ site, state }) => site === 'north' && state === 'up')
        ? true
        : undefined,
    );
    assert.ok((await roundTripMs(lab, 'north-1')) >= 0);
  });

  test('a delay is that of each direction, a rate that of the bytes, and nothing of either is left when it is mended', async t => {
    const { places } = lab;
    const folder = path.join(
      places.registry,
      'images/docker/registry/v2/repositories/hello/web/_layers/sha256',
    );
    const sizeOf = (hex: string): number =>
      statSync(
        path.join(places.registry, 'images/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data'),
      ).size;
    const [layer = ''] = readdirSync(folder).sort((left, right) => sizeOf(right) - sizeOf(left));
    const some = { blob: `hello/web/blobs/sha256:${layer}`, bytes: 256 * 1024 };
    const [plainMs, plainRate] = [
      await roundTripMs(lab, 'north-1'),
      await bitsPerSecond(lab, 'north-1', some),
    ];
    await lab.slow('north', { delayMs: 150, loss: 0, bitsPerSecond: 1e6 });
    const [slowMs, slowRate] = [await roundTripMs(lab, 'north-1'), await bitsPerSecond(lab, 'north-1', some)];
    t.diagnostic(`round trip ${plainMs.toFixed(1)} → ${slowMs.toFixed(1)} ms`);
    t.diagnostic(`${(plainRate / 1e6).toFixed(1)} → ${(slowRate / 1e6).toFixed(2)} Mbit/s`);
    assert.ok(slowMs >= 299 && slowMs < 600 + 10 * plainMs, `${slowMs} ms`);
    // What has already arrived when the answer begins counts for nothing in time: a twentieth.
    assert.ok(slowRate < 1.2e6 && slowRate > 1e5 && plainRate > 2 * slowRate, `${slowRate} bit/s`);
    await lab.mend('north');
    assert.ok((await roundTripMs(lab, 'north-1')) < slowMs);
    assert.ok((await bitsPerSecond(lab, 'north-1', some)) > 2 * slowRate);
  });

  test('of what is lost, a share of connections takes a second longer; a device reports through it', async t => {
    await lab.slow('north', { delayMs: 0, loss: 0.3 });
    const all = await connections(lab, 'north-1', { count: 60, longestMs: 60_000 });
    // The first packet of one of the two is lost in a half of them: it is sent again after a second.
    const late = all.filter(one => one === null || one > 900).length;
    t.diagnostic(`${late} of ${all.length} were late`);
    assert.ok(late >= 12 && late <= 54, `${late} of ${all.length} were late`);
    await lab.slow('north', { delayMs: 0, loss: 0.05 });
    await follows('north-1', await changeSomething('a bad line'));
    await lab.mend('north');
  });

  test('a device whose disk is full says so, keeps what it has, and goes on when there is room', async () => {
    const before = lab.diskFree('north-2');
    await lab.fillDisk('north-2', 0);
    assert.ok(lab.diskFree('north-2') <= 4096);
    const commit = await changeSomething('no room');
    await follows('north-1', commit);
    await said('north-2', 'AGENT_DISK_FULL', status => codesOf(status).includes('AGENT_DISK_FULL'));
    await lab.fillDisk('north-2');
    assert.ok(lab.diskFree('north-2') > before / 2);
    await said(
      'north-2',
      'that there is room',
      status => status.trusted.commit === commit && !codesOf(status).includes('AGENT_DISK_FULL'),
    );
    assert.equal(await restarts('north-2'), 0);
  });

  test('where the power of a device goes, its containers go, and come back with it', async () => {
    await release(rig, firstRelease);
    await appliedEverywhere(rig, await publish(rig, 'The first release'));
    const running = async () =>
      (await rig.view.services('north-1'))
        .filter(({ state }) => state === 'running')
        .map(({ containerId, service }) => `${service} ${containerId}`);
    const old = await running();
    assert.equal(old.length, 2);
    await lab.killDevice('north-1');
    const parts = (await lab.status()).parts.filter(({ name }) => name.startsWith('north-1'));
    assert.deepEqual(
      parts.map(({ runs }) => runs),
      [false, false, false],
    );
    await assert.rejects(running);
    const commit = await changeSomething('the power is off');
    await follows('north-2', commit);
    assert.notEqual((await rig.telemetry.status('north-1'))?.trusted.commit, commit);
    await lab.startDevice('north-1');
    const status = await follows('north-1', commit);
    assert.equal(status.trusted.commit, commit);
    await waitUntil('the same containers', async () => {
      const now = await running().catch(() => []);
      return JSON.stringify(now) === JSON.stringify(old) ? true : undefined;
    });
  });

  test('without one gateway devices go on at the other, and the first one has them again when it is back', async () => {
    await lab.killGateway('gateway-1');
    assert.deepEqual(await connections(lab, 'bridge', { count: 1 }), [null]);
    rig.operator.edit('devices/north-1.yaml', [['labels', 'why'], 'one gateway']);
    const commit = await rig.operator.commit('One gateway');
    const pushed = await rig.operator.shell('git', ['push', 'ssh://gateway-2/fleet.git', 'main']);
    assert.equal(pushed.code, 0, pushed.stderr);
    for (const { id } of lab.devices) await follows(id, commit);
    await lab.startGateway('gateway-1');
    const again = await waitUntil('gateway-1', async () => {
      const { code } = await rig.operator.push();
      return code === 0 ? code : undefined;
    });
    assert.equal(again, 0);
    await lab.killGateway('gateway-2');
    for (const { id } of lab.devices) await follows(id, await headAfter(`back at the first: ${id}`));
    await lab.startGateway('gateway-2');
    await waitUntil('gateway-2', async () => ((await rig.operator.push()).code === 0 ? true : undefined));
  });

  /** Pushes to the first gateway alone. */
  async function headAfter(why: string): Promise<string> {
    rig.operator.edit('devices/north-1.yaml', [['labels', 'why'], why]);
    const commit = await rig.operator.commit(why);
    assert.equal((await rig.operator.shell('git', ['push', 'ssh://gateway-1/fleet.git', 'main'])).code, 0);
    return commit;
  }

  test('a clock that is wrong is what the agent goes by, without a restart; one that is behind is reported', async () => {
    lab.clock('north-2', 3 * hourMs);
    const isAhead = ({ time }: StatusFile) => Date.parse(time) > Date.now() + 2 * hourMs;
    await changeSomething('three hours ahead');
    await said('north-2', 'a time of three hours ahead', isAhead);
    lab.clock('north-2', -3 * hourMs);
    // Its status bears a time before that of others: the branch's newest commit counts, not the latest time.
    await changeSomething('three hours behind');
    await said('north-2', 'AGENT_CLOCK', status => codesOf(status).includes('AGENT_CLOCK'));
    lab.clock('north-2', 0);
    await changeSomething('right again');
    await said('north-2', 'that its clock is right', status => !codesOf(status).includes('AGENT_CLOCK'));
    assert.equal(await restarts('north-2'), 0);
  });

  test('`exec` and `ssh` of this machine’s shell run commands there, and give their exit status', async () => {
    const towline = (...words: string[]) => {
      const [program = '', ...rest] = programWords('towline', ['lab', ...words]);
      return spawnSync(program, rest, { encoding: 'utf8', timeout: 2 * minuteMs });
    };
    const name = ['--name', lab.name];
    const shown = towline('exec', 'north-1', ...name, '--', 'sh', '-c', 'ip -o -4 addr show eth0; exit 7');
    assert.equal(shown.status, 7);
    assert.match(shown.stdout, /192\.168\.1\.11\/24/);
    assert.match(towline('exec', 'desk', ...name, '--', 'git', 'status').stdout, /On branch main/);
    assert.match(towline('exec', 'nowhere', ...name, '--', 'true').stderr, /LAB_NO_SUCH_PART/);
    assert.equal((await openTunnel(rig, 'north-1', ['true'])).code, 0);
    const through = towline('ssh', 'north-1', ...name, '--', 'echo $((6 * 7)); exit 3');
    assert.deepEqual([through.status, through.stdout], [3, '42\n'], through.stderr);
    await closeTunnel(rig, 'north-1');
    assert.equal(towline('ssh', 'north-1', ...name, '--', 'true').status, 255);
  });

  test('in its hours of outage nothing comes through an uplink, and afterwards it does', async () => {
    assert.deepEqual(await outage, [false, true]);
    await follows('bridge', await changeSomething('on land again'));
  });
});
