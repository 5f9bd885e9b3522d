import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SecretOpener } from '../../../agent/secrets/secret-opener.ts';
import type { DesiredState } from '../../../core/desired/state.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { sealSecret } from '../../rig/secrets.ts';

const password = 's3cret-of-the-registry';
/** bcrypt of it. */
const htpasswd = 'fleet:$2y$05$abcdefghijklmnopqrstuuW1e3orFpi1hSyUIjjQsvB7886Cb.S5.\n';
const file = 'secrets/registries.yaml';
let registry: Registry;
let image: string;
let builder: DeviceRig;

before(async () => {
  registry = await startRegistry();
  builder = await DeviceRig.start(registry.address);
  const pushed = await builder.images.push('private', '1', 'worker', 'registry login');
  image = `${pushed.repository}@${pushed.digest}`;
  await builder.images.forget();
  await registry.requireLogin(htpasswd);
});
after(async () => {
  await builder.images.forget().catch(() => undefined);
  await builder[Symbol.asyncDispose]();
  await registry.stop();
});

/** One pass of a device whose fleet has these logins, sealed to `recipient` or to the device itself. */
async function pass(rig: DeviceRig, logins: string, recipient?: string) {
  const own = await ensureOpenpgpKey(path.join(rig.stateDirectory, 'keys'), rig.device);
  const bytes = Buffer.from(await sealSecret(file, logins, [recipient ?? own], { fleet: 'rig' }));
  const project = makeProject(rig.project, { services: { app: { image, restart: 'always' } } });
  const desired: DesiredState = {
    ...makeDesired(rig.device, [project]),
    registryCredentials: {
      path: file,
      mode: 0o100644,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  };
  const lines: string[] = [];
  const log = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  const { outcome, plan } = await rig.pass([project], {
    desired,
    secrets: new SecretOpener(rig.stateDirectory),
    log: { debug: log, info: log, warn: log, error: log },
  });
  return { outcome, said: JSON.stringify([lines, outcome, plan.steps]) };
}

test('a registry that asks for a login gets the one that is sealed to the device, and nobody else hears of it', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const logins = `${registry.address}:\n  username: fleet\n  password: ${password}\n`;
  const { outcome, said } = await pass(rig, logins);
  assert.equal(outcome.outcome, 'applied', said);
  assert.ok(!said.includes(password));
  await rig[Symbol.asyncDispose]();
  await builder.images.forget();
});

test('a login of another registry is not sent, and the refusal has its code', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const { outcome, said } = await pass(
    rig,
    `other.example.com:\n  username: fleet\n  password: ${password}\n`,
  );
  assert.equal(outcome.projects[0]?.code, 'ENGINE_REGISTRY_DENIED', said);
});

test('a login without a password, as text, is refused', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const { outcome } = await pass(rig, `${registry.address}:\n  username: fleet\n  password: 1234\n`);
  assert.match(outcome.projects[0]?.message ?? '', /needs a username and a password, as text/);
});

test('logins that this device cannot open are an error of their own, which mends itself with the file', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const other = await ensureOpenpgpKey(path.join(rig.stateDirectory, 'other'), 'other');
  const logins = `${registry.address}:\n  username: fleet\n  password: ${password}\n`;
  const { outcome, said } = await pass(rig, logins, other);
  assert.equal(outcome.projects[0]?.code, 'SECRET_REGISTRY_CREDENTIALS', said);
  assert.match(outcome.projects[0]?.message ?? '', /secrets\/registries\.yaml.*SECRET_NOT_A_RECIPIENT/);
  rig.aheadMs = 3_600_000;
  assert.equal((await pass(rig, logins)).outcome.outcome, 'applied');
});
