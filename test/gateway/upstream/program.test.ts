import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runGit, testDevice } from '../rig/gateway.ts';
import { deviceFile, GatewayProgram, TestFleet } from '../rig/program.ts';
import { codeOf, type TestClient } from '../rig/request.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';
const secret = 'secret of the webhook';

/** The fleet's own repository is the forge; the gateway asks it once an hour. */
async function withForge(fleet: TestFleet, more: readonly string[] = []): Promise<void> {
  await fleet.init();
  const secretFile = join(fleet.folder, 'webhook.secret');
  writeFileSync(secretFile, secret);
  const lines = [
    'upstream:',
    `  url: ${fleet.repository.path}`,
    '  interval: 1h',
    `  webhookSecretFile: ${secretFile}`,
  ];
  appendFileSync(fleet.config, `${[...lines, ...more, 'telemetry: { statusInterval: 1s }', ''].join('\n')}`);
}

async function webhook(port: number, key = secret): Promise<number> {
  const body = '{"ref":"refs/heads/main"}';
  const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}` };
  const answer = await fetch(`http://127.0.0.1:${port}/v1/webhook/github`, { method: 'POST', headers, body });
  return answer.status;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (await holds()) return;
    await wait(100);
  }
  throw new Error(`not in time: ${what}`);
}

const admitted = async (client: TestClient) => (await client.ask(advert)).status === 200;

test('a commit at the forge reaches devices by a webhook; main is pushed at the forge only; status goes back', async () => {
  const [one, two] = [testDevice('pump-1'), testDevice('pump-2')];
  await using fleet = await TestFleet.make([one]);
  await withForge(fleet, ['  pushStatus: true']);
  await using gateway = await GatewayProgram.start(fleet.config);
  using first = gateway.client(one);
  using second = gateway.client(two);
  assert.ok(await admitted(first));
  assert.equal(codeOf(await second.ask(advert)), 'GATEWAY_KEY_UNKNOWN');

  const { repository, operator } = fleet;
  const commit = await repository.commit({
    signer: operator,
    files: { 'devices/pump-2.yaml': deviceFile(two) },
  });
  assert.equal(await webhook(gateway.internal, 'not the secret at all'), 403);
  assert.equal(await webhook(gateway.internal), 202);
  await until('the new device is let in', () => admitted(second));
  assert.match((await second.ask(advert)).body.toString('latin1'), new RegExp(`${commit} refs/heads/main`));

  // The forge is the source: main is refused here, a draft is taken, and reading stays.
  await repository.commit({ signer: operator, files: { 'x.txt': 'x' }, branch: 'mine', parents: [commit] });
  const pushed = await fleet.push(gateway, 'mine:main');
  assert.notEqual(pushed.code, 0);
  assert.match(pushed.stderr, /GATEWAY_UPSTREAM_IS_SOURCE main comes from the forge: push there/);
  assert.equal((await fleet.push(gateway, 'mine:draft')).code, 0);
  const refused = fleet.audited().filter(line => line.outcome === 'refused' && line.who === 'alice');
  assert.deepEqual(
    refused.map(({ action, code }) => [action, code]),
    [['git receive-pack fleet refs/heads/main', 'GATEWAY_UPSTREAM_IS_SOURCE']],
  );
  const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
  const read = await repository.git(['ls-remote', url, 'refs/heads/main'], {
    environment: fleet.ssh() as Record<string, string>,
  });
  assert.match(read, new RegExp(commit));

  // An unsigned commit is mirrored as it is: the gateway's walk, and each device, judge it.
  const unsigned = await repository.commit({ files: { 'y.txt': 'y' } });
  await webhook(gateway.internal);
  await until('main is mirrored', async () => (await first.ask(advert)).body.includes(unsigned));
  await gateway.line('main is not trusted');

  await until('fleet-status is written', () =>
    existsSync(join(fleet.telemetryGit, 'refs/heads/fleet-status')),
  );
  await until('fleet-status is at the forge', async () => {
    await webhook(gateway.internal);
    await wait(500);
    return runGit(['show', 'fleet-status:README.md'], { cwd: repository.path }).stdout.includes(
      '| `pump-2` |',
    );
  });
});

test('a forge that rewinds leaves devices as they are; health, metrics and the audit log say so', async () => {
  const one = testDevice('pump-1');
  await using fleet = await TestFleet.make([one]);
  await withForge(fleet);
  const { repository, operator } = fleet;
  const second = await repository.commit({ signer: operator, files: { 'x.txt': 'x' } });
  await using gateway = await GatewayProgram.start(fleet.config);
  using client = gateway.client(one);
  const main = async () =>
    /([0-9a-f]{40}) refs\/heads\/main/.exec((await client.ask(advert)).body.toString())?.[1];
  await until('main is mirrored', async () => (await main()) === second);
  await repository.setBranch(fleet.anchor);
  await webhook(gateway.internal);
  const refused = await gateway.line('the forge is not followed');
  assert.equal(refused.code, 'GATEWAY_UPSTREAM_REWOUND');
  assert.equal(await main(), second);
  const health = (await (await fetch(`http://127.0.0.1:${gateway.internal}/healthz`)).json()) as {
    ok: boolean;
    main: { following: boolean };
    upstream: { trouble: { code: string } };
  };
  // It has not lasted yet; and devices are served as ever.
  assert.equal(health.ok, true);
  assert.equal(health.main.following, false);
  assert.equal((await fetch(`http://127.0.0.1:${gateway.internal}/livez`)).status, 200);
  assert.equal(health.upstream.trouble.code, 'GATEWAY_UPSTREAM_REWOUND');
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.internal}/metrics`)).text();
  assert.match(metrics, /^towline_gateway_upstream_followed 0$/m);
  assert.match(metrics, /^towline_gateway_upstream_refusals_total 1$/m);
  const audit = readFileSync(join(fleet.folder, 'state', 'audit.log'), 'utf8');
  assert.match(audit, /"action":"mirror","outcome":"refused".*GATEWAY_UPSTREAM_REWOUND/);
  const third = await repository.commit({ signer: operator, files: { 'z.txt': 'z' }, parents: [second] });
  await webhook(gateway.internal);
  await until('main follows again', async () => (await main()) === third);
});

test('webhooks have a port of their own where one is named, and then come there only', async () => {
  await using fleet = await TestFleet.make([]);
  await withForge(fleet);
  const text = readFileSync(fleet.config, 'utf8');
  writeFileSync(fleet.config, text.replace(/^listen:\n/m, 'listen:\n  webhooks: 127.0.0.1:0\n'));
  await using gateway = await GatewayProgram.start(fleet.config);
  const up = await gateway.line('gateway is up');
  const { webhooks } = up.addresses as { webhooks: { port: number } };
  assert.equal(await webhook(webhooks.port), 202);
  assert.notEqual(await webhook(gateway.internal), 202);
  assert.equal((await fetch(`http://127.0.0.1:${webhooks.port}/metrics`)).status, 404);
});
