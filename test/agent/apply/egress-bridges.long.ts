/** `egress:` of an app on a real engine: its network gets a bridge of the name that rules speak of, once. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { networkName } from '../../../core/desired/service-networks.ts';
import { withBridgeNames } from '../../../core/egress/bridge-name.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';

const option = 'com.docker.network.bridge.name';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
});
after(async () => {
  await rig?.[Symbol.asyncDispose]();
});

async function apply(version: string, egress: unknown): Promise<string[]> {
  const files = webRelease(version, { web: rig.images.one, worker: rig.images.worker }, {});
  const app = `apps/web/releases/${version}/app.yaml`;
  const own = { ...parse(files[app] ?? ''), ...(egress === undefined ? {} : { egress }) };
  const file = `devices/${rig.device}.yaml`;
  const device = parse(await rig.fleet.git(['show', `main:${file}`]));
  const assigned = stringify({ ...device, apps: { web: { release: version } } });
  await rig.commit({ message: version, files: { ...files, [app]: stringify(own), [file]: assigned } });
  const run = await rig.once();
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
  return (await rig.containers()).map(({ id }) => id);
}

async function bridge(): Promise<string | undefined> {
  const network = (await rig.engineCall('GET', `/networks/${rig.prefix}web_default`)) as {
    readonly Options: Readonly<Record<string, string>> | null;
  };
  return network.Options?.[option];
}

test('an app without egress has the network that it had; with it, one with a known bridge, and only once', async () => {
  const first = await apply('1.0', undefined);
  assert.equal(await bridge(), undefined);
  const named = await apply('2.0', 'none');
  const model = { name: `${rig.prefix}web`, services: {}, networks: { default: {} } };
  const wanted = withBridgeNames(model, networkName).networks?.default?.driver_opts?.[option] ?? '';
  assert.equal(await bridge(), wanted);
  assert.ok(existsSync(`/sys/class/net/${wanted}`));
  assert.deepEqual(named, first, 'containers are moved over to the network that is made anew');
  const listed = await apply('3.0', [{ to: '10.20.0.0/16', ports: [502] }]);
  assert.deepEqual(listed, named, 'another list changes rules, and no container');
  await apply('1.0', undefined);
  assert.equal(await bridge(), undefined);
});
