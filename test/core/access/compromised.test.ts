/** What is left of a device's access where the gateway, or the provider of identities, is somebody else's. The judge's side. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccessOperator, DeviceAccess } from '../../../core/access/device-access.ts';
import { type AccessVerdict, type Coming, judgeAccess, type Wanted } from '../../../core/access/judge.ts';
import { type AccessSettings, noAccess } from '../../../core/access/settings.ts';

const nowMs = 1_000_000;

function person(name: string, more: Partial<AccessOperator['file']> = {}): AccessOperator {
  const file = { apiVersion: 'towline/v1', sshKeys: ['ssh-ed25519 AAAA'], ...more } as const;
  return { name, file: { ...file, sshKeys: ['ssh-ed25519 AAAA'] }, keys: ['AAAA'] };
}

const alice = person('alice', { tunnels: [{ all: true }], git: { telemetry: 'read' } });
const bob = person('bob', { tunnels: [{ devices: ['pump-18'] }] });
const carol = person('carol', { tunnels: [{ all: true }] });
const everyone = [alice, bob, carol];

const full: AccessSettings = {
  ...noAccess,
  services: [
    { app: 'web', service: 'api', operators: ['alice'] },
    { app: 'web', service: 'db' },
  ],
  logins: [{ user: 'root', operators: ['alice'] }],
};

function deviceWith(change: Partial<AccessSettings>, allow?: readonly string[]): DeviceAccess {
  return {
    ...{ fleet: 'acme', commit: '0'.repeat(40), gatewayKeys: [], certificateKeys: [] },
    device: { id: 'pump-17', groups: [], labels: {}, file: {} },
    tunnel: {
      ...{ state: 'open', openedMs: nowMs, maxDurationMs: 1, ...(allow === undefined ? {} : { allow }) },
      targets: [
        { name: 'ssh', host: '127.0.0.1', port: 22 },
        { name: 'panel', host: '127.0.0.1', port: 80 },
      ],
    },
    access: { ...full, ...change },
    operators: [alice, carol],
  };
}

const wishes: readonly Wanted[] = [
  { kind: 'server' },
  { kind: 'watch' },
  ...['ssh', 'panel', 'towline', 'nowhere'].map((name): Wanted => ({ kind: 'target', name })),
  ...['root', 'admin'].map((user): Wanted => ({ kind: 'login', user })),
  ...['api', 'db', 'none'].map((service): Wanted => ({ kind: 'service', app: 'web', service })),
];

/** Every person, every wish: what may be done in this way. */
function allowed(on: DeviceAccess, by: Coming['by'], at = nowMs): string[] {
  return everyone.flatMap(operator =>
    wishes.flatMap(wanted => {
      const verdict = judgeAccess({ on, operator, coming: { by }, wanted, nowMs: at });
      return verdict.allowed ? [`${operator.name} ${Object.values(wanted).join(' ')}`] : [];
    }),
  );
}

function answer(on: DeviceAccess, operator: AccessOperator, wanted: Wanted, by: Coming['by']): string {
  const verdict: AccessVerdict = judgeAccess({ on, operator, coming: { by }, wanted, nowMs });
  return verdict.allowed ? 'yes' : verdict.why;
}

describe('compromised provider: what `certificates` says and not more', () => {
  test('nothing at all, whatever name it puts into a certificate, where the device takes none', () => {
    const open = deviceWith({ viaGateway: { operators: ['alice'], services: ['web.api'] }, share: true });
    assert.deepEqual(allowed(open, 'certificate'), []);
    assert.equal(answer(open, alice, { kind: 'server' }, 'certificate'), 'certificate');
  });

  test('where it takes them, what the repository gives that person, and not one thing besides', () => {
    for (const change of [{}, { record: 'required' }, { logins: [] }, { services: [] }] as const) {
      for (const allow of [undefined, ['carol'], []]) {
        const on = deviceWith({ ...change, certificates: true }, allow);
        assert.deepEqual(allowed(on, 'certificate'), allowed(on, 'key'));
      }
    }
    const on = deviceWith({ certificates: true });
    assert.equal(
      answer(on, carol, { kind: 'service', app: 'web', service: 'api' }, 'certificate'),
      'unreachable',
    );
    assert.equal(answer(on, bob, { kind: 'server' }, 'certificate'), 'unreachable');
  });

  test('it opens no tunnel, prolongs none, and does not bring back who is revoked', () => {
    const on = deviceWith({ certificates: true });
    assert.deepEqual(allowed(on, 'certificate', nowMs + 1), []);
    assert.deepEqual(allowed({ ...on, tunnel: { ...on.tunnel, state: 'closed' } }, 'certificate'), []);
    const revoked = { ...on.device, file: { revoked: true } };
    assert.deepEqual(allowed({ ...on, device: revoked }, 'certificate'), []);
  });
});

describe('compromised gateway: no shell beyond `viaGateway`', () => {
  test('nothing where nobody is named, and nothing by a name that is not', () => {
    assert.deepEqual(allowed(deviceWith({}), 'gateway'), []);
    assert.deepEqual(allowed(deviceWith({ certificates: true, share: true }), 'gateway'), []);
    const on = deviceWith({ viaGateway: { operators: ['alice'], services: ['web.api', 'web.db'] } });
    assert.deepEqual(allowed(on, 'gateway'), [
      'alice server',
      'alice service web api',
      'alice service web db',
    ]);
  });

  test('no service that its person could not enter, no target, no account, no look at others’ sessions', () => {
    const via = { operators: ['alice', 'bob', 'carol'], services: ['web.api', 'web.none'] };
    const on = deviceWith({ viaGateway: via });
    assert.deepEqual(allowed(on, 'gateway'), ['alice server', 'alice service web api', 'carol server']);
    const kept = deviceWith({ viaGateway: via }, ['carol']);
    assert.deepEqual(allowed(kept, 'gateway'), ['carol server']);
  });
});

test('required recording refuses plain targets and accounts of the device’s own sshd, to everyone and by every way', () => {
  const on = deviceWith({ record: 'required', certificates: true });
  for (const by of ['key', 'certificate'] as const) {
    const found = allowed(on, by);
    assert.deepEqual(
      found.filter(what => / (?:target|login) /.test(what)),
      [],
    );
    assert.ok(found.includes('alice service web api'));
  }
  assert.equal(answer(on, alice, { kind: 'target', name: 'ssh' }, 'key'), 'unrecorded');
  assert.equal(answer(on, alice, { kind: 'login', user: 'root' }, 'key'), 'unrecorded');
  assert.equal(answer(on, carol, { kind: 'login', user: 'root' }, 'key'), 'unreachable', 'and says no more');
});

test('the first service that names the person counts: a user of its own for one of them', () => {
  const on = deviceWith({
    services: [
      { app: 'web', service: 'api', user: 'root', operators: ['alice'] },
      { app: 'web', service: 'api', user: '1000' },
    ],
  });
  const user = (operator: AccessOperator) => {
    const wanted = { kind: 'service', app: 'web', service: 'api' } as const;
    const verdict = judgeAccess({ on, operator, coming: { by: 'key' }, wanted, nowMs });
    return verdict.allowed ? verdict.service?.user : verdict.why;
  };
  assert.deepEqual([user(alice), user(carol), user(bob)], ['root', '1000', 'unreachable']);
});
