import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wanted } from '../../../core/access/judge.ts';
import { makeTlsKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { type Action, admit } from '../../../gateway/admission/admission.ts';
import { FleetView, type ViewOperator } from '../../../gateway/fleet/fleet-view.ts';
import type { OperatorFile } from '../../../schemas/types.generated.ts';
import { testDevice } from '../rig/gateway.ts';

const now = 1_000_000;
const open = testDevice('open');
const closed = testDevice('closed');
const revoked = testDevice('revoked', true);

function operator(name: string, more: Partial<OperatorFile>): ViewOperator {
  return { name, file: { apiVersion: 'towline/v1', sshKeys: [`ssh-ed25519 ${name} comment`], ...more } };
}

const view = new FleetView({
  commit: '0'.repeat(40),
  fleet: undefined,
  devices: [{ ...open.view, groups: ['eu'], labels: { site: 'berlin' } }, closed.view, revoked.view],
  operators: [
    operator('alice', { git: { fleet: 'write', telemetry: 'read' }, tunnels: [{ all: true }] }),
    operator('bob', { git: { fleet: 'read' }, tunnels: [{ groups: ['eu'], labels: { site: 'berlin' } }] }),
    operator('carol', { tunnels: [{ groups: ['eu'], labels: { site: 'paris' } }] }),
    operator('dora', { bundles: [{ groups: ['eu'], labels: { site: 'berlin' } }, { devices: ['revoked'] }] }),
  ],
  desiredTunnel: ({ id }) =>
    id === 'closed'
      ? undefined
      : { state: 'open', openedMs: now, maxDurationMs: 1000, targets: [], allow: ['alice', 'carol'] },
});

function person(name: string, action: Action, nowMs = now): string {
  const admission = admit(view, { kind: 'operator', sshKey: name }, action, nowMs);
  return admission.allowed ? `yes ${admission.who}` : admission.code;
}

test('git for people is as their file says, and telemetry is written by those alone who carry', () => {
  const git = (service: 'upload-pack' | 'receive-pack', repository: 'fleet' | 'telemetry'): Action => ({
    kind: 'git',
    service,
    repository,
  });
  assert.equal(person('alice', git('receive-pack', 'fleet')), 'yes alice');
  assert.equal(person('bob', git('upload-pack', 'fleet')), 'yes bob');
  assert.equal(person('bob', git('receive-pack', 'fleet')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('bob', git('upload-pack', 'telemetry')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('carol', git('upload-pack', 'fleet')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('alice', git('upload-pack', 'telemetry')), 'yes alice');
  assert.equal(person('alice', git('receive-pack', 'telemetry')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('dora', git('receive-pack', 'telemetry')), 'yes dora');
  assert.equal(person('dora', git('upload-pack', 'telemetry')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('dora', git('receive-pack', 'fleet')), 'GATEWAY_REPOSITORY_FORBIDDEN');
  assert.equal(person('mallory', { kind: 'login' }), 'GATEWAY_KEY_UNKNOWN');
});

test('one carries for the devices that one’s file selects, and for none that is revoked', () => {
  const carry = (device: string): Action => ({ kind: 'carry', device });
  assert.equal(person('dora', carry('open')), 'yes dora');
  assert.equal(person('dora', carry('closed')), 'GATEWAY_BUNDLE_FORBIDDEN');
  assert.equal(person('dora', carry('revoked')), 'GATEWAY_DEVICE_REVOKED');
  // One answer whether there is no such device or none for this person.
  assert.equal(person('dora', carry('none')), 'GATEWAY_BUNDLE_FORBIDDEN');
  for (const name of ['alice', 'bob', 'carol'])
    assert.equal(person(name, carry('open')), 'GATEWAY_BUNDLE_FORBIDDEN');
});

test('a device is reached while its tunnel is open, by whom both files allow', () => {
  const reach = (device: string, wanted: Wanted = { kind: 'server' }): Action => ({
    ...{ kind: 'reach', device, wanted },
  });
  assert.equal(person('alice', reach('open')), 'yes alice');
  assert.equal(person('alice', reach('open', { kind: 'target', name: 'db' })), 'GATEWAY_DEVICE_UNREACHABLE');
  assert.equal(person('alice', reach('open'), now + 1000), 'GATEWAY_TUNNEL_CLOSED');
  assert.equal(person('alice', reach('closed')), 'GATEWAY_TUNNEL_CLOSED');
  assert.equal(person('alice', reach('revoked')), 'GATEWAY_DEVICE_REVOKED');
  assert.equal(person('alice', reach('nowhere')), 'GATEWAY_DEVICE_UNREACHABLE');
  assert.equal(person('bob', reach('open')), 'GATEWAY_DEVICE_UNREACHABLE', 'not in allow');
  assert.equal(person('carol', reach('open')), 'GATEWAY_DEVICE_UNREACHABLE', 'no selector matches');
});

test('inside a tunnel the SSH key must be that very device’s', () => {
  const key = (device: typeof open) => device.view.file.keys?.ssh ?? '';
  const ask = (device: string, sshKey: string) =>
    admit(view, { kind: 'device-ssh', device, sshKey }, { kind: 'attach-tunnel' }, now);
  assert.equal(ask('open', key(open)).allowed, true);
  for (const [device, sshKey] of [
    ['open', key(closed)],
    ['closed', key(open)],
    ['nowhere', key(open)],
  ] as const) {
    const admission = ask(device, sshKey);
    assert.equal(admission.allowed ? '' : admission.code, 'GATEWAY_KEY_UNKNOWN');
  }
  const late = ask('closed', key(closed));
  assert.equal(late.allowed ? '' : late.code, 'GATEWAY_TUNNEL_CLOSED');
});

test('a device is no person and a person no device', () => {
  const tlsKey = open.view.file.keys?.tls;
  for (const action of [
    { kind: 'git', service: 'upload-pack', repository: 'fleet' },
    { kind: 'reach', device: 'closed', wanted: { kind: 'server' } },
  ] as const) {
    assert.equal(admit(view, { kind: 'device', tlsKey }, action, now).allowed, false);
  }
  for (const kind of ['fetch-fleet', 'push-telemetry', 'hints', 'attach-tunnel'] as const) {
    assert.equal(person('alice', { kind }), 'GATEWAY_REPOSITORY_FORBIDDEN');
  }
});

test('a device that waits fetches main and states its keys, nothing more; strangers only state theirs', () => {
  const may = (subject: Parameters<typeof admit>[1], action: Action): string => {
    const admission = admit(view, subject, action, now);
    return admission.allowed ? 'yes' : admission.code;
  };
  const waiting = { kind: 'waiting-device', device: 'new' } as const;
  const others: readonly Action[] = [
    { kind: 'push-telemetry' },
    { kind: 'push-telemetry', ref: 'refs/heads/telemetry/new' },
    { kind: 'hints' },
    { kind: 'attach-tunnel' },
    { kind: 'login' },
    { kind: 'git', service: 'upload-pack', repository: 'fleet' },
    { kind: 'reach', device: 'open', wanted: { kind: 'server' } },
  ];
  const allowed: readonly Action[] = [{ kind: 'fetch-fleet' }, { kind: 'enrol' }];
  assert.deepEqual(
    allowed.map(action => may(waiting, action)),
    ['yes', 'yes'],
  );
  for (const action of others) assert.equal(may(waiting, action), 'GATEWAY_DEVICE_WAITING', action.kind);
  const stranger = { kind: 'device', tlsKey: 'AAAA' } as const;
  assert.equal(may(stranger, { kind: 'enrol' }), 'yes');
  assert.equal(may(stranger, { kind: 'fetch-fleet' }), 'GATEWAY_KEY_UNKNOWN');
  assert.equal(may({ kind: 'device', tlsKey: undefined }, { kind: 'enrol' }), 'GATEWAY_CERTIFICATE_MISSING');
  const tlsKey = revoked.view.file.keys?.tls;
  assert.equal(may({ kind: 'device', tlsKey }, { kind: 'enrol' }), 'GATEWAY_DEVICE_REVOKED');
});

test('the key of an engine pulls, by the releases of its device, and does nothing else', () => {
  const registry = tlsPublicKey({ tlsKey: makeTlsKey() });
  const { keys = { tls: '', ssh: '' } } = open.view.file;
  const withEngine = (isRevoked: boolean) =>
    new FleetView({
      commit: '0'.repeat(40),
      fleet: undefined,
      devices: [
        { ...open.view, file: { ...open.view.file, keys: { ...keys, registry }, revoked: isRevoked } },
      ],
      operators: [],
      desiredTunnel: () => ({ state: 'open', openedMs: now, maxDurationMs: 1000, targets: [] }),
    });
  const ask = (action: Action, isRevoked = false) => {
    const admission = admit(withEngine(isRevoked), { kind: 'device', tlsKey: registry }, action, now);
    assert.equal(admission.who, 'open');
    return admission.allowed ? 'yes' : admission.code;
  };
  const image = (isPinned: boolean): Action => ({ kind: 'pull-image', image: { name: 'web', isPinned } });
  assert.equal(ask({ kind: 'pull-image' }), 'yes');
  assert.equal(ask(image(true)), 'yes');
  assert.equal(ask(image(false)), 'GATEWAY_IMAGE_FORBIDDEN');
  assert.equal(ask({ kind: 'change-registry' }), 'GATEWAY_REGISTRY_READ_ONLY');
  assert.equal(ask(image(true), true), 'GATEWAY_DEVICE_REVOKED');
  const others = [
    { kind: 'fetch-fleet' },
    { kind: 'enrol' },
    { kind: 'push-telemetry' },
    { kind: 'push-recording' },
    { kind: 'hints' },
    { kind: 'attach-tunnel' },
    { kind: 'login' },
    { kind: 'git', service: 'upload-pack', repository: 'fleet' },
    { kind: 'read-telemetry', device: 'open' },
    { kind: 'carry', device: 'open' },
    { kind: 'reach', device: 'open', wanted: { kind: 'server' } },
  ] as const;
  for (const action of others) assert.equal(ask(action), 'GATEWAY_KEY_PULLS_ONLY', action.kind);
});
