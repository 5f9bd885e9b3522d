/** What several files of a fleet name, the gateway gives to none but who had it first: real history, real trees. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { type Contest, firstHolder } from '../../../core/trust/holders/first-holder.ts';
import { FleetLoader } from '../../../gateway/fleet/fleet-loader.ts';
import { emptyFleetView, type FleetView } from '../../../gateway/fleet/fleet-view.ts';
import type { TunnelStarts } from '../../../gateway/fleet/tunnel-starts.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { device, type Keys, newKeys, operator } from '../../rig/maintained-fleet.ts';

const starts = { use: async () => new Map() } as unknown as TunnelStarts;
const fleetFile =
  'apiVersion: towline/v1\nname: f\ngateways: [{ address: "g:8443", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]\n';
const pump = newKeys();
const own = newKeys();
const us = { 'devices/us/pump-2.yaml': device(pump) };

/** A line of commits, each with these files more, and the view of a gateway that starts at the last. */
class History {
  readonly repository = new MemoryRepository();
  head = '';

  constructor(...commits: readonly Readonly<Record<string, string>>[]) {
    const files = new Map([['fleet.yaml', fleetFile]]);
    for (const [index, changes] of commits.entries()) {
      for (const [path, text] of Object.entries(changes)) files.set(path, text);
      const parents = this.head === '' ? [] : [this.head];
      this.head = this.repository.commit({ files, parents, message: `${index}`, timeSec: 1 });
    }
  }

  async view(before = emptyFleetView('0'.repeat(40))): Promise<FleetView> {
    const { view } = await new FleetLoader(this.repository, starts).load(this.head, before);
    assert.ok(view !== undefined);
    return view;
  }
}

const bothOf = (view: FleetView): (string | undefined)[] =>
  [pump, own].map(keys => view.deviceByTlsKey(keys.tls)?.id);

describe('the gateway', () => {
  test('knows a device by the file that had its id first, and admits no key of a later one', async () => {
    const view = await new History(us, { 'devices/eu/pump-2.yaml': device(own) }).view();
    assert.deepEqual(bothOf(view), ['pump-2', undefined]);
    assert.equal(view.devices.size, 1);
  });

  test('admits nobody by an id that came in two files at once', async () => {
    const view = await new History({ ...us, 'devices/eu/pump-2.yaml': device(own) }).view();
    assert.deepEqual(bothOf(view), [undefined, undefined]);
    assert.equal(view.devices.size, 0);
  });

  test('admits nobody by a key that came in two files at once', async () => {
    const view = await new History({
      ...us,
      'devices/eu/pump-1.yaml': device({ tls: pump.tls, ssh: own.ssh }),
    }).view();
    assert.equal(view.deviceByTlsKey(pump.tls), undefined);
    assert.equal(view.deviceBySshKey(own.ssh)?.id, 'pump-1');
  });

  test('leaves an engine the key that a later device names, and lets it in as an engine alone', async () => {
    const [{ tls: registry }, third] = [newKeys(), newKeys()];
    const first = { 'devices/us/pump-2.yaml': device({ ...pump, registry } as Keys) };
    for (const later of [
      { ...own, registry },
      { tls: registry, ssh: own.ssh },
      { ...third, registry: pump.tls },
    ]) {
      const view = await new History(first, { 'devices/eu/pump-1.yaml': device(later as Keys) }).view();
      assert.equal(view.deviceByRegistryKey(registry)?.id, 'pump-2');
      assert.equal(view.deviceByTlsKey(registry), undefined);
      assert.equal(view.deviceByTlsKey(pump.tls)?.id, 'pump-2');
      assert.equal(view.deviceByRegistryKey(pump.tls), undefined);
    }
  });

  const later: readonly (readonly [name: string, file: string])[] = [
    ['as its own', device({ tls: own.tls, ssh: pump.ssh })],
    ['as a revoked one', device(pump, 'revoked: true')],
    ['as one-time key', device(own, `enrolment: { key: "${pump.ssh}", expires: 2030-01-01T00:00:00Z }`)],
  ];
  for (const [name, file] of later) {
    test(`leaves a device its keys that a later file names ${name}`, async () => {
      const view = await new History(us, { 'devices/eu/pump-1.yaml': file }).view();
      assert.equal(view.deviceByTlsKey(pump.tls)?.id, 'pump-2');
      assert.equal(view.deviceBySshKey(pump.ssh)?.id, 'pump-2');
    });
  }

  test('leaves an operator the key that a later device or operator names', async () => {
    const otto = new MemoryKey().publicKey;
    const blob = otto.split(' ')[1] ?? '';
    const first = { 'operators/otto.yaml': operator(otto) };
    for (const later of [
      { 'devices/eu/pump-1.yaml': device({ tls: own.tls, ssh: otto }) },
      { 'operators/adam.yaml': operator(otto) },
    ]) {
      const view = await new History(first, later).view();
      assert.equal(view.operatorBySshKey(blob)?.name, 'otto');
      assert.equal(view.deviceBySshKey(otto), undefined);
    }
  });

  test('refuses keys of a revoked file that a later one names again', async () => {
    const revoked = { 'devices/us/pump-2.yaml': device(pump, 'revoked: true') };
    const view = await new History(revoked, { 'devices/us/pump-3.yaml': device(pump) }).view();
    assert.equal(view.deviceByTlsKey(pump.tls)?.file.revoked, true);
  });

  test('admits nobody by keys in a file that the walk cannot read', async () => {
    const odd = device(own).replace('apiVersion: ', 'apiVersion: &a ');
    const view = await new History(us, { 'devices/eu/pump-1.yaml': odd }).view();
    assert.deepEqual(bothOf(view), ['pump-2', undefined]);
  });
});

test('a device goes on by the file that had its id first, and by none where two came at once', async () => {
  const desired = async ({ repository, head }: History) => {
    const reader = new ObjectReader(repository);
    const firstOf = (contest: Contest) => firstHolder(reader, head, contest);
    return desiredState({ reader, commit: head, device: 'pump-2', firstOf });
  };
  const thief = { 'devices/eu/pump-2.yaml': device(own, 'tunnel: open') };
  const later = await desired(new History(us, thief));
  assert.deepEqual(later.problems, []);
  assert.equal(later.state?.tunnel.state, 'closed');
  const { problems } = await desired(new History({ ...us, ...thief }));
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['FLEET_DEVICE_DUPLICATE'],
  );
  const beside = await desired(new History(us, { 'devices/eu/PUMP-2.yaml': device(own) }));
  assert.deepEqual(beside.problems, []);
});
