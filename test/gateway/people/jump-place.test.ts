import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noAccess } from '../../../core/access/settings.ts';
import { admit } from '../../../gateway/admission/admission.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { jumpPlace } from '../../../gateway/people/jump-place.ts';
import { testDevice } from '../rig/gateway.ts';

const now = 1_000_000;

function viewOf(change: Partial<typeof noAccess> = {}): FleetView {
  return new FleetView({
    commit: '0'.repeat(40),
    fleet: undefined,
    devices: [testDevice('pump-17').view],
    operators: [
      {
        name: 'alice',
        file: { apiVersion: 'towline/v1', sshKeys: ['ssh-ed25519 alice'], tunnels: [{ all: true }] },
      },
    ],
    desiredTunnel: () => ({
      ...{ state: 'open', openedMs: now, maxDurationMs: 1 },
      targets: [
        { name: 'ssh', host: '127.0.0.1', port: 2222 },
        { name: 'router', host: '192.168.1.1', port: 22 },
        { name: 'web', host: '127.0.0.1', port: 8080 },
      ],
    }),
    accessOf: () => ({ ...noAccess, ...change }),
  });
}

function leads(host: string, port: number, view = viewOf()): string {
  const { device, target } = jumpPlace(view, host, port);
  return `${device} ${target?.name}:${target?.port}`;
}

test('port 22 of a device is the agent’s own server, of its host the target ssh; any other a declared target', () => {
  assert.equal(leads('pump-17', 22), 'pump-17 towline:22');
  assert.equal(leads('pump-17.fleet', 22), 'pump-17 towline:22');
  assert.equal(leads('pump-17.host', 22), 'pump-17 ssh:2222');
  assert.equal(leads('pump-17.host.fleet', 22), 'pump-17 ssh:2222');
  for (const name of ['pump-17', 'pump-17.host', 'pump-17.fleet'])
    assert.equal(leads(name, 8080), 'pump-17 web:8080');
  assert.equal(leads('pump-17', 23), 'pump-17 undefined:undefined');
  assert.equal(leads('pump-17.fleet.host', 22), 'pump-17.fleet undefined:undefined');
});

test('where recording is required, plain targets and the device’s own sshd are refused, and its agent’s server is not', () => {
  const view = viewOf({ record: 'required' });
  const answer = (host: string, port: number) => {
    const { device, wanted } = jumpPlace(view, host, port);
    const admission = admit(
      view,
      { kind: 'operator', sshKey: 'alice' },
      { kind: 'reach', device, wanted },
      now,
    );
    return admission.allowed ? 'yes' : admission.code;
  };
  assert.equal(answer('pump-17', 22), 'yes');
  assert.equal(answer('pump-17.host', 22), 'ACCESS_UNRECORDED');
  assert.equal(answer('pump-17', 8080), 'ACCESS_UNRECORDED');
});
