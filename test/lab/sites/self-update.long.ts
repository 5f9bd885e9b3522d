/** An agent of a lab brings itself another version, as on a machine with systemd: started by the launcher, on trial, and back from one that fails. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LabRig } from '../../../lab/fleet/lab-rig.ts';
import { silent } from '../../../lab/fleet/narrator.ts';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import type { Lab } from '../../../lab/sites/lab.ts';
import { parseLabFile } from '../../../lab/sites/lab-file.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { stateFolder } from '../../../lab/sites/lab-places.ts';
import { makeLab } from '../../../lab/sites/make-lab.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { architectures, targets } from '../../../scripts/package/architecture.ts';
import { makeParts, type PartsOptions } from '../../../scripts/package/parts.ts';
import { bundled } from '../../deploy/bundled.ts';

const file = parseLabFile(
  'lab.yaml',
  Buffer.from('apiVersion: towline/v1\npoll: "*/2 * * * * *"\nsites: { hall: { devices: 1 } }\n'),
);
const minuteMs = 60_000;
const here = architectures.find(each => targets[each].node === process.arch) ?? 'amd64';
/** Its self-test is content, and it never starts. */
const crashing = `process.exit(process.argv[2] === 'self-test' ? 0 : 1);\n`;

describe('an agent of a lab that updates itself', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-updated-'));
  let lab: Lab;
  let rig: LabRig;
  let dist: string;

  before(async () => {
    requireCommands(labCommands);
    dist = await bundled(path.join(scratch, 'dist'));
    const options = { name: `self${process.pid % 100_000}`, file, folder: path.join(scratch, 'lab') };
    lab = await makeLab(options, AbortSignal.timeout(10 * minuteMs));
    rig = new LabRig(lab, silent);
  });
  after(async () => {
    await lab?.down();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** What a person types: root lists a version, its bytes go to the gateway, the fleet wants it. */
  async function publish(version: string, files: PartsOptions['files'] = {}): Promise<void> {
    const folder = path.join(scratch, version);
    makeParts({ dist, folder, version, architectures: [here], node: false, helper: false, files });
    const { desk } = lab;
    await desk.run('towline', ['agents', 'add', folder, '--worktree']);
    await desk.commit(`Agent ${version} is listed`);
    await desk.run('git', ['push']);
    await desk.run('towline', ['agents', 'push', folder]);
    desk.edit('fleet.yaml', [['agent'], { version }]);
    await desk.commit(`Agent ${version}`);
    await desk.run('git', ['push']);
  }

  function said(what: string, fits: (agent: StatusFile['agent']) => boolean): Promise<StatusFile> {
    let last: StatusFile | undefined;
    return waitUntil(
      `hall-1 to say ${what}`,
      async () => {
        last = await rig.telemetry.status('hall-1');
        return last !== undefined && fits(last.agent) ? last : undefined;
      },
      {
        timeoutMs: 8 * minuteMs,
        intervalMs: 500,
        seen: () => [last?.agent, rig.device('hall-1').program.lastWords()],
      },
    );
  }

  const current = (): string =>
    readlinkSync(lab.path(path.join(lab.places.deviceState('hall-1'), 'versions/current')));

  test('a version that is listed, brought and wanted is fetched through the uplink, tried, and stays', async () => {
    assert.equal((await rig.telemetry.status('hall-1'))?.agent.slot, '0');
    await publish('0.9.1');
    const { agent } = await said(
      'that it runs 0.9.1',
      ({ version, update }) => version === '0.9.1' && update === undefined,
    );
    assert.match(agent.slot ?? '', /^0\.9\.1-[0-9a-f]{12}$/);
    assert.equal(current(), agent.slot);
  });

  test('one that does not start is given up by the launcher after its tries, and set aside', async () => {
    await publish('0.9.2', { 'agent.js': crashing });
    const { agent } = await said('that 0.9.2 is refused', ({ update }) => update?.phase === 'refused');
    assert.deepEqual([agent.version, agent.update?.version], ['0.9.1', '0.9.2']);
    assert.equal(current(), agent.slot);
  });

  test('after a power cut it starts the version that was committed', async () => {
    const old = await rig.telemetry.status('hall-1');
    await lab.killDevice('hall-1');
    await lab.startDevice('hall-1');
    const { agent } = await waitUntil('a status after the cut', async () => {
      const status = await rig.telemetry.status('hall-1');
      return status !== undefined && status.pass !== old?.pass && status.time > (old?.time ?? '')
        ? status
        : undefined;
    });
    assert.deepEqual([agent.version, agent.slot], ['0.9.1', current()]);
  });

  test('taken down, the lab leaves none of the versions', async () => {
    const { places, name } = lab;
    await lab.down();
    assert.equal(existsSync(places.folder), false);
    assert.equal(existsSync(stateFolder(name)), false);
  });
});
