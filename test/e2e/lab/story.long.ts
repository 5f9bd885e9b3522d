/** The story on a lab: the same steps as on loopback, behind routers, a slow uplink, a proxy, and the rules of `towline firewall`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LabRig } from '../../../lab/fleet/lab-rig.ts';
import { silent } from '../../../lab/fleet/narrator.ts';
import { publish, release } from '../../../lab/fleet/publish.ts';
import { firstRelease } from '../../../lab/fleet/releases.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { loadFirewall } from '../../../lab/sites/firewall.ts';
import type { Lab } from '../../../lab/sites/lab.ts';
import { parseLabFile } from '../../../lab/sites/lab-file.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { lan } from '../../../lab/sites/lab-plan.ts';
import { makeLab } from '../../../lab/sites/make-lab.ts';
import {
  appliedEverywhere,
  changeOneService,
  closeTunnel,
  mend,
  openTunnel,
  pushUnsigned,
  releaseBroken,
  runningServices,
} from '../../../scripts/demo/story.ts';

const file = parseLabFile(
  'lab.yaml',
  Buffer.from(`apiVersion: towline/v1
poll: "*/2 * * * * *"
sites:
  factory: { devices: 2, uplink: { delay: 40ms, loss: 1%, rate: 4mbit } }
  office: { devices: 1, proxy: http }
  ship: { devices: [bridge, engine-room], engine: shared }
`),
);

describe('the story in a lab', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-story-'));
  let lab: Lab;
  let rig: LabRig;

  before(async () => {
    requireCommands(labCommands);
    lab = await makeLab(
      { name: `story${process.pid % 100_000}`, file, folder: path.join(scratch, 'lab') },
      AbortSignal.timeout(600_000),
    );
    rig = new LabRig(lab, silent);
  });
  after(async () => {
    await lab?.down();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** What the app answers in the network of its site, as a person in that building asks it. */
  async function version(id: string): Promise<string> {
    const { site, address, httpPort } = lab.device(id);
    const host = lab.site(site).engine === 'own' ? address : lan.engine;
    const asked = `printf 'GET /version HTTP/1.0\\r\\n\\r\\n' | exec busybox nc -w 20 ${host} ${httpPort}`;
    const { stdout } = await lab.exec(site, ['sh', '-c', asked]);
    // After the head there is an empty line.
    return stdout.split('\r\n\r\n')[1]?.trim() ?? '';
  }

  /** Whether a connection comes about, from a part or from a container of it. */
  async function connects(part: string, host: string, port: number, container?: string): Promise<boolean> {
    const asked = ['sh', '-c', `exec nc -w 5 ${host} ${port} < /dev/null`];
    const within = container === undefined ? [] : ['docker', 'exec', container];
    const words = container === undefined ? ['busybox', ...asked] : [...within, ...asked];
    return (await lab.exec(part, ['timeout', '20', ...words])).code === 0;
  }

  test('a signed release runs on every device, pulled through its own uplink or proxy', async () => {
    await release(rig, firstRelease);
    const commit = await publish(rig, 'The first release');
    await appliedEverywhere(rig, commit);
    // What the apps publish is in the rules of this commit.
    await loadFirewall(lab);
    for (const { id } of rig.devices) assert.equal(await version(id), firstRelease, id);
  });

  test('a release that changes one of two services replaces that one only', async () => {
    const { before: old, after: now } = await changeOneService(rig);
    for (const { id } of rig.devices) {
      assert.equal(await version(id), '1.1.0', id);
      for (const { service, containerId } of now.get(id) ?? []) {
        const same = (old.get(id) ?? []).some(other => other.containerId === containerId);
        assert.equal(same, service === 'worker', `${service} of ${id}`);
      }
    }
  });

  test('an unsigned commit is refused by every device, and mended', async () => {
    const trusted = await rig.operator.git('rev-parse', 'HEAD');
    const { statuses, commit, before: old, after: now } = await pushUnsigned(rig);
    for (const [device, status] of statuses) {
      assert.equal(status.trusted.commit, trusted);
      assert.deepEqual([status.stopped?.code, status.stopped?.commit], ['TRUST_UNSIGNED', commit]);
      assert.deepEqual(
        now.get(device)?.map(({ containerId }) => containerId),
        old.get(device)?.map(({ containerId }) => containerId),
      );
    }
    const mended = await mend(rig);
    for (const status of mended.statuses.values()) assert.equal(status.trusted.commit, mended.commit);
  });

  test('a release whose health check fails goes back on every device', async () => {
    const { statuses } = await releaseBroken(rig);
    for (const [id, { outcome, projects }] of statuses) {
      assert.deepEqual([outcome, projects[0]?.state], ['rolled-back', 'rolled-back'], id);
      assert.equal(await version(id), '1.1.0', id);
    }
  });

  test('a tunnel takes plain ssh to a device behind the proxy, and no other device is reached', async () => {
    const { code, stdout } = await openTunnel(rig, 'office-1', ['ip -o -4 addr show eth0; echo $((6 * 7))']);
    assert.equal(code, 0);
    assert.match(stdout, /192\.168\.1\.11\/24[\s\S]*42/);
    const other = await rig.operator.shell('ssh', ['-J', 'gateway', 'factory-1.host', 'true']);
    assert.notEqual(other.code, 0, 'the device whose tunnel is closed is not reached');
    await closeTunnel(rig, 'office-1');
    assert.notEqual((await rig.operator.shell('ssh', ['office-1.host', 'true'])).code, 0);
  });

  test('there is no second way between parts, and none out', async () => {
    const { plan } = lab;
    const [gateway, desk] = [plan.gateways[0]?.address ?? '', plan.desk.address];
    const far = lab.site('ship').address;
    assert.equal(await connects('factory-1', gateway, 8443), true, 'the one way that there is');
    const refused: [string, string, number][] = [
      ['factory-1', gateway, 2222],
      ['factory-1', gateway, 8080],
      ['factory-1', desk, 22],
      ['factory-1', far, 22],
      ['factory-1', '192.168.1.12', 22],
      ['office-1', gateway, 8443],
      ['desk', lab.site('factory').address, 22],
      ['desk', '192.168.1.11', 22],
      ['registry', gateway, 8443],
      ['bridge', '8.8.8.8', 53],
      ['desk', '8.8.8.8', 53],
    ];
    for (const [part, host, port] of refused)
      assert.equal(await connects(part, host, port), false, `${part} to ${host}:${port}`);
    const [web] = (await runningServices(rig)).get('factory-1') ?? [];
    assert.equal(
      await connects('factory-1', gateway, 8443, web?.containerId),
      false,
      'of an app without egress',
    );
  });
});
