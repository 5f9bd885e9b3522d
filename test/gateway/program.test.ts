import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDevice } from './rig/gateway.ts';
import { deviceFile, GatewayProgram, TestFleet } from './rig/program.ts';
import { codeOf } from './rig/request.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';

test('gateway init seeds repositories, keys and configuration, and a second run shows the same pins', async () => {
  await using fleet = await TestFleet.make([]);
  const first = await fleet.init('--json');
  assert.equal(first.code, 0, first.stderr);
  const made = JSON.parse(first.stdout) as { anchor: string; fleet: string; gateway: { tlsPins: string[] } };
  assert.equal(made.anchor, fleet.anchor);
  assert.equal(made.fleet, 'acme');
  assert.match(made.gateway.tlsPins[0] ?? '', /^sha256:[A-Za-z0-9+/]{43}=$/);
  const second = await fleet.init('--json');
  assert.deepEqual((JSON.parse(second.stdout) as typeof made).gateway, made.gateway);
  assert.match(readFileSync(fleet.config, 'utf8'), new RegExp(`anchor: ${fleet.anchor}`));
});

test('a push by an operator is walked at once: new devices come in, revoked ones go, unsigned commits change nothing', async () => {
  const [one, two] = [testDevice('pump-1'), testDevice('pump-2')];
  await using fleet = await TestFleet.make([one]);
  assert.equal((await fleet.init()).code, 0);
  await using gateway = await GatewayProgram.start(fleet.config);
  using first = gateway.client(one);
  using second = gateway.client(two);
  assert.equal((await first.ask(advert)).status, 200);
  assert.equal(codeOf(await second.ask(advert)), 'GATEWAY_KEY_UNKNOWN');

  const { repository, operator } = fleet;
  await repository.commit({ signer: operator, files: { 'devices/pump-2.yaml': deviceFile(two) } });
  const pushed = await fleet.push(gateway);
  assert.equal(pushed.code, 0, pushed.stderr);
  assert.equal((await second.ask(advert)).status, 200);

  // Held open: the revocation must cut it.
  const held = second.open('/v1/hints');
  const cut = new Promise<void>(resolve =>
    held.once('response', response => response.once('close', resolve).resume()),
  );
  held.on('error', () => undefined);
  held.end();
  await repository.commit({
    signer: operator,
    files: { 'devices/pump-2.yaml': deviceFile(two, ['revoked: true']) },
  });
  assert.equal((await fleet.push(gateway)).code, 0);
  await cut;
  assert.equal(codeOf(await second.ask(advert)), 'GATEWAY_DEVICE_REVOKED');

  const unsigned = await repository.commit({ files: { 'devices/pump-2.yaml': deviceFile(two) } });
  assert.equal((await fleet.push(gateway)).code, 0);
  await gateway.line('main is not trusted');
  assert.equal(codeOf(await second.ask(advert)), 'GATEWAY_DEVICE_REVOKED');
  // Devices judge for themselves: they are shown main as it is.
  assert.match((await first.ask(advert)).body.toString('latin1'), new RegExp(`${unsigned} refs/heads/main`));
  const health = (await (await fetch(`http://127.0.0.1:${gateway.internal}/healthz`)).json()) as {
    ok: boolean;
    stopped: { code: string };
  };
  assert.equal(health.ok, true);
  assert.match(health.stopped.code, /^TRUST_/);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.internal}/metrics`)).text();
  assert.match(metrics, /^towline_gateway_walk_stopped 1$/m);
  assert.match(metrics, /^towline_gateway_devices 2$/m);
  const audit = readFileSync(join(fleet.folder, 'state', 'audit.log'), 'utf8')
    .trim()
    .split('\n');
  const refused = audit
    .map(line => JSON.parse(line) as Record<string, unknown>)
    .filter(line => line.outcome === 'refused');
  assert.ok(refused.some(line => line.code === 'GATEWAY_DEVICE_REVOKED' && line.who === 'pump-2'));
});

test('main cannot be rewound or deleted by a push, and the audit log has a line for who tried', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config);
  const { repository, operator } = fleet;
  await repository.commit({ signer: operator, files: { 'docs.txt': 'x' } });
  assert.equal((await fleet.push(gateway)).code, 0);
  assert.match((await fleet.push(gateway, `+${fleet.anchor}:main`)).stderr, /non-fast-forward/);
  assert.match((await fleet.push(gateway, ':main')).stderr, /deletion of the current branch/);
  const refused = fleet.audited().filter(line => line.outcome === 'refused');
  // The second one within a minute is counted, and not written.
  assert.deepEqual(
    refused.map(({ who, action, message }) => [who, action, message]),
    [['alice', 'git receive-pack fleet refs/heads/main', 'non-fast-forward']],
  );
  assert.equal((await fleet.push(gateway, 'main:draft')).code, 0);
  assert.equal((await fleet.push(gateway, ':draft')).code, 0);
});

test('operators push branches, tags and the timestamp; no other ref, and none that would be taken for another', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config);
  const { repository, operator } = fleet;
  await repository.commit({
    signer: operator,
    files: { 'docs.txt': 'x' },
    branch: 'mine',
    parents: [fleet.anchor],
  });
  const timestamp = 'refs/towline/timestamp';
  for (const ref of ['refs/heads/draft', 'refs/heads/eu/ärger', 'refs/tags/v1', timestamp]) {
    const pushed = await fleet.push(gateway, `mine:${ref}`);
    assert.equal(pushed.code, 0, pushed.stderr);
  }
  // The bot's next one has no parent.
  const next = await repository.commit({
    parents: [],
    signer: operator,
    branch: null,
    files: { x: 'x' },
  });
  assert.equal((await fleet.push(gateway, `+${next}:${timestamp}`)).code, 0);
  const blob = await repository.store('blob', 'no commit');
  const refused = [
    `:${timestamp}`,
    `+${blob}:${timestamp}`,
    `mine:refs/replace/${fleet.anchor}`,
    'mine:refs/towline/other',
    'mine:refs/towline/timestamp2',
    'mine:refs/intake/tip',
    'mine:refs/quarantine/tip',
    'mine:refs/notes/commits',
    'mine:refs/heads/HEAD',
    'mine:refs/heads/FETCH_HEAD',
    'mine:refs/heads/refs/heads/main',
    'mine:refs/remotes/origin/main',
    'mine:refs/bisect/bad',
    'mine:refs/original/refs/heads/main',
  ];
  for (const refspec of refused) {
    const { code, stderr } = await fleet.push(gateway, refspec);
    assert.notEqual(code, 0, refspec);
    assert.match(stderr, /GATEWAY_PUSH_REF_FORBIDDEN/, refspec);
  }
  const refs = await repository.git(['ls-remote', `${fleet.folder}/state/fleet.git`]);
  assert.deepEqual(
    refs.split('\n').map(line => line.split('\t')[1]),
    ['HEAD', 'refs/heads/draft', 'refs/heads/eu/ärger', 'refs/heads/main', 'refs/tags/v1', timestamp],
  );
  const line = fleet.audited().find(({ action }) => action === `git receive-pack fleet ${timestamp}`);
  assert.deepEqual(
    [line?.who, line?.outcome, line?.code],
    ['alice', 'refused', 'GATEWAY_PUSH_REF_FORBIDDEN'],
  );
});

test('SIGHUP takes in what came another way and SIGTERM drains; signals pass through towline gateway', async () => {
  const device = testDevice('pump-1');
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config, true);
  await fleet.repository.commit({
    signer: fleet.operator,
    files: { 'devices/pump-1.yaml': deviceFile(device) },
  });
  await fleet.repository.git(['push', '-q', join(fleet.folder, 'state', 'fleet.git'), 'main']);
  gateway.signal('SIGHUP');
  await gateway.line('reloaded');
  using client = gateway.client(device);
  assert.equal((await client.ask(advert)).status, 200);
  writeFileSync(fleet.config, 'apiVersion: towline/v1\nfleat: acme\n');
  const from = gateway.lines.length;
  gateway.signal('SIGHUP');
  await gateway.line('not reloaded: what was in effect stays', from);
  assert.equal((await client.ask(advert)).status, 200);
  gateway.signal('SIGTERM');
  assert.equal(await gateway.ended(), 0);
  assert.equal(gateway.lines.at(-1)?.msg, 'gateway ended');
});

test('a configuration with an error ends with code 2 and names the place', async () => {
  await using fleet = await TestFleet.make([]);
  writeFileSync(fleet.config, 'apiVersion: towline/v1\nfleet: acme\nanchor: nonsense\n');
  await assert.rejects(GatewayProgram.start(fleet.config), /GATEWAY_CONFIG_INVALID.*gateway\.yaml:3:9/);
});

test('garbage in the file of the trusted commit: the walk begins at the anchor again', async () => {
  const device = testDevice('pump-1');
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await fleet.repository.commit({
    signer: fleet.operator,
    files: { 'devices/pump-1.yaml': deviceFile(device) },
  });
  await fleet.repository.git(['push', '-q', join(fleet.folder, 'state', 'fleet.git'), 'main']);
  for (const content of ['', '{"commit":', '{"anchor":"x"}', '\0\0\0\0']) {
    writeFileSync(join(fleet.folder, 'state', 'trusted.json'), content);
    await using gateway = await GatewayProgram.start(fleet.config);
    using client = gateway.client(device);
    assert.equal((await client.ask(advert)).status, 200);
  }
});
