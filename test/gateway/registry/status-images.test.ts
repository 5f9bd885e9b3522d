/** A device that is behind main gets what it runs, by what it has signed that it trusts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import type { ObjectId, RawObject } from '../../../core/trust/git/object-source.ts';
import { FleetLoader } from '../../../gateway/fleet/fleet-loader.ts';
import { emptyFleetView, FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import type { TunnelStarts } from '../../../gateway/fleet/tunnel-starts.ts';
import { StatusImages } from '../../../gateway/registry/status-images.ts';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import type { FleetFile } from '../../../schemas/types.generated.ts';
import { statusFile } from '../fleet-status/rig.ts';
import { testDevice } from '../rig/gateway.ts';
import { fleetFile } from '../rig/program.ts';

const pump = testDevice('pump');
const other = testDevice('other');
const repository = new MemoryRepository();
const reports = new Map<ObjectId, RawObject>();
let tip: ObjectId | undefined;

const digest = (version: string) => `sha256:${version.padEnd(64, '0')}`;

const released = (version: string) =>
  [
    `apps/web/releases/${version}/release.yaml`,
    `apiVersion: towline/v1\nversion: "${version}"\nimages:\n  web: { image: "images.example.com/web:${version}", digest: "${digest(version)}" }\n`,
  ] as const;

/** A commit at which this version of the app is assigned to the device, and one that comes next. */
function commit(version: string, next?: string): ObjectId {
  const coming = next === undefined ? '' : `, next: "${next}"`;
  const files = new Map([
    ['fleet.yaml', fleetFile.replace('acme', 'test')],
    ['devices/pump.yaml', `apiVersion: towline/v1\napps:\n  web: { release: "${version}"${coming} }\n`],
    released(version),
    ...(next === undefined ? [] : [released(next)]),
  ]);
  return repository.commit({ files, parents: [], message: version, timeSec: 1 });
}

function say(trusted: ObjectId, by = pump): void {
  const status = statusFile('pump', { trusted: { commit: trusted } });
  const made = makeStatusCommit({
    ...{ parent: tip, files: new Map([['status.yaml', Buffer.from(stringify(status))]]), message: 'said' },
    ...{ device: 'pump', fleet: 'test', timeMs: 0, key: sshKeyOf(by.keys) },
  });
  for (const { id, ...object } of made.objects) reports.set(id, object);
  tip = made.id;
}

const [old, draft, main, staged] = [commit('1'), commit('3'), commit('2'), commit('1', '4')];
const line = new Set([old, main, staged]);
const view = new FleetViewHolder(
  new FleetView({
    commit: main,
    fleet: { apiVersion: 'towline/v1', name: 'test', gateways: [] } as unknown as FleetFile,
    devices: [pump.view],
    operators: [],
    desiredTunnel: () => undefined,
  }),
);
const images = new StatusImages({
  view,
  fleet: repository,
  telemetry: { read: async id => reports.get(id) },
  tip: () => tip,
  line: { follow: async () => true, has: id => line.has(id) },
  log: { warn() {} },
});
const pinned = async () => (await images.of(pump.view)).map(each => each.digest);

test('what its signed status trusts, while that is on the line; not a draft, nor what another has signed', async () => {
  assert.deepEqual(await pinned(), [], 'nothing said yet');
  say(old);
  assert.deepEqual(await pinned(), [digest('1')]);
  say(draft);
  assert.deepEqual(await pinned(), [], 'a draft');
  say(old, other);
  assert.deepEqual(await pinned(), [], 'signed by another');
  say(main);
  assert.deepEqual(await pinned(), [], 'the view has it already');
});

test('what comes next is granted as what runs is: at the commit that the gateway trusts, and at the one that the device does', async () => {
  say(staged);
  assert.deepEqual(await pinned(), [digest('1'), digest('4')]);
  const starts = { use: async () => new Map() } as unknown as TunnelStarts;
  const loaded = await new FleetLoader(repository, starts).load(staged, emptyFleetView(staged));
  assert.deepEqual(
    loaded.view?.images('pump').map(each => each.digest),
    [digest('1'), digest('4')],
  );
});
