import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { makeGpgKey } from '../../../lab/rig/keys.ts';
import { sealSecret } from '../../rig/secrets.ts';

const inFile = 'plaintext-of-the-file-7f3a';
const inEnvironment = 'plaintext-of-the-environment-91cc';
const second = 'plaintext-after-the-edit-c0de';
let rig: AgentRig;
let memory: string;
let publicKey: string;
const outputs: string[] = [];

before(async () => {
  rig = await AgentRig.start();
  publicKey = await ensureOpenpgpKey(path.join(rig.stateDirectory, 'keys'), rig.device);
  memory = await mkdtemp('/dev/shm/towline-test-');
  await appendFile(rig.configFile, `runtimeDirectory: ${memory}\nlogLevel: trace\n`);
});
after(async () => {
  await rig[Symbol.asyncDispose]();
  await rm(memory, { recursive: true, force: true });
});

interface Result {
  readonly outcome: string;
  readonly steps: number;
  readonly projects: readonly { state: string; message?: string; code?: string; digest?: string }[];
}

async function once(code: number): Promise<Result> {
  const run = await rig.once();
  outputs.push(run.stdout, run.stderr);
  assert.equal(run.code, code, `${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout) as Result;
}

const service = {
  restart: 'always',
  environment: ['API_TOKEN', 'OTHER=plain'],
  secrets: [{ source: 'db_password', target: 'db', uid: '1000', gid: '1000', mode: 0o440 }],
  configs: [{ source: 'settings', target: '/etc/settings' }],
};

/** A release of the app `web` whose service takes secrets in all three forms. */
async function release(version: string, files: Record<string, string>): Promise<string> {
  const image = rig.images.one;
  const device = parse(await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`])) as object;
  return rig.commit({
    files: {
      [`apps/web/releases/${version}/compose.yaml`]: stringify({
        services: { web: { image: `${image.repository}:latest`, stop_grace_period: '1s', ...service } },
        secrets: { db_password: { environment: 'DB_PASSWORD' } },
        configs: { settings: { environment: 'SETTINGS' } },
      }),
      [`apps/web/releases/${version}/app.yaml`]: stringify({
        apiVersion: 'towline/v1',
        secrets: ['secrets/web.yaml', 'secrets/web.env'],
        update: { healthTimeout: '8s', stablePeriod: '300ms' },
      }),
      [`apps/web/releases/${version}/release.yaml`]: stringify({
        apiVersion: 'towline/v1',
        version,
        images: { web: { image: `${image.repository}:latest`, digest: image.digest } },
      }),
      [`devices/${rig.device}.yaml`]: stringify({ ...device, apps: { web: { release: version } } }),
      ...files,
    },
  });
}

async function container() {
  const [found] = await rig.containers();
  assert.ok(found, 'no container');
  const details = (await rig.engineCall('GET', `/containers/${found.id}/json`)) as {
    Id: string;
    State: { StartedAt: string; Running: boolean };
    Config: { Env: string[]; Labels: Record<string, string> };
    Mounts: { Source: string; Destination: string }[];
  };
  return details;
}

async function plannedReasons(commit: string): Promise<string[]> {
  const { parts } = await container().then(({ Config }) => ({
    parts: JSON.parse(Config.Labels['io.towline.parts'] ?? '{}') as Record<string, string>,
  }));
  await using source = new GitCatFileSource(rig.fleet.path);
  const reader = new ObjectReader(source);
  const { state } = await desiredState({ reader, commit, device: rig.device, projectPrefix: rig.prefix });
  assert.ok(state?.projects[0]);
  const { serviceDefinition } = await import('../../../core/plan/service-definition.ts');
  const { changeReason } = await import('../../../core/plan/change-reason.ts');
  outputs.push(JSON.stringify(state.projects[0].model));
  return changeReason(parts, serviceDefinition(state.projects[0], 'web').parts).split(', ');
}

async function textsBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    names
      .filter(entry => entry.isFile())
      .map(entry => readFile(path.join(entry.parentPath, entry.name), 'latin1')),
  );
}

const yaml = `DB_PASSWORD: ${inFile}\nSETTINGS: "level: 3"\nnested:\n  unused: 1\n`;
const env = `API_TOKEN=${inEnvironment}\n`;

test('secrets reach a container as files in memory and as environment, with the mode and owner asked for', async () => {
  await release('1.0', {
    'secrets/web.yaml': await sealSecret('secrets/web.yaml', yaml, [publicKey]),
    'secrets/web.env': await sealSecret('secrets/web.env', env, [publicKey]),
  });
  assert.equal((await once(0)).outcome, 'applied');
  const { Config, Mounts } = await container();
  assert.ok(Config.Env.includes(`API_TOKEN=${inEnvironment}`));
  assert.ok(Config.Env.includes('OTHER=plain'));
  const mount = Mounts.find(({ Destination }) => Destination === '/run/secrets/db');
  assert.ok(mount);
  assert.ok(mount.Source.startsWith(`${memory}/`), mount.Source);
  assert.equal(await readFile(mount.Source, 'utf8'), inFile);
  const facts = await stat(mount.Source);
  assert.deepEqual([facts.mode & 0o777, facts.uid, facts.gid], [0o440, 1000, 1000]);
  const settings = Mounts.find(({ Destination }) => Destination === '/etc/settings');
  assert.equal(await readFile(settings?.Source ?? '', 'utf8'), 'level: 3');
  assert.equal((await once(0)).steps, 0);
});

test('after a reboot the memory is empty: the files are there again before the container starts', async () => {
  const { Id } = await container();
  await rig.engineCall('POST', `/containers/${Id}/stop?t=1`);
  await rm(path.join(memory, 'projects'), { recursive: true, force: true });
  await once(0);
  const now = await container();
  assert.equal(now.Id, Id);
  assert.ok(now.State.Running);
  const mount = now.Mounts.find(({ Destination }) => Destination === '/run/secrets/db');
  assert.equal(await readFile(mount?.Source ?? '', 'utf8'), inFile);
});

test('a changed or rotated secret is named by the plan, never shown, and its container is made anew', async () => {
  const before = await container();
  const head = await rig.commit({
    files: {
      'secrets/web.yaml': await sealSecret('secrets/web.yaml', yaml.replace(inFile, second), [publicKey]),
      // The same values under a new data key.
      'secrets/web.env': await sealSecret('secrets/web.env', env, [publicKey]),
    },
  });
  const reasons = await plannedReasons(head);
  assert.deepEqual(reasons, [
    'config file settings changed',
    'secret API_TOKEN changed',
    'secret db_password changed',
  ]);
  await once(0);
  const now = await container();
  assert.notEqual(now.Id, before.Id);
  const mount = now.Mounts.find(({ Destination }) => Destination === '/run/secrets/db');
  assert.equal(await readFile(mount?.Source ?? '', 'utf8'), second);
  assert.deepEqual(
    (await textsBelow(memory)).filter(text => text.includes(inFile)),
    [],
  );
});

test('a file that this device cannot open is refused by its code, and what runs keeps running', async () => {
  const stranger = await makeGpgKey({ name: 'stranger', algorithm: 'rsa2048', usage: 'encr,sign' });
  const before = await container();
  try {
    const key = await stranger.publicKey();
    await rig.commit({ files: { 'secrets/web.env': await sealSecret('secrets/web.env', env, [key]) } });
    const { projects } = await once(4);
    assert.equal(projects[0]?.code, 'SECRET_NOT_A_RECIPIENT');
    assert.match(projects[0]?.message ?? '', /secrets\/web\.env/);
    assert.equal((await container()).State.StartedAt, before.State.StartedAt);
    // What it goes back to is opened again from what is sealed on the disk.
    await rig.engineCall('DELETE', `/containers/${before.Id}?force=true`);
    await rm(path.join(memory, 'projects'), { recursive: true, force: true });
    await once(4);
    const again = await container();
    assert.ok(again.Config.Env.includes(`API_TOKEN=${inEnvironment}`));
  } finally {
    await stranger.remove();
  }
});

test('the right recipients mend it, and new recipients alone make no container anew', async () => {
  const dataKey = Buffer.alloc(32, 7);
  const sealed = await sealSecret('secrets/web.env', env, [publicKey], { dataKey });
  await rig.commit({ files: { 'secrets/web.env': sealed } });
  assert.equal((await once(0)).projects[0]?.state, 'healthy');
  const { Id } = await container();
  const other = await sealSecret('secrets/web.env', env, [publicKey], { dataKey });
  const recipient = (text: string) => text.split('\n').find(line => line.includes('map_enc=')) ?? '';
  await rig.commit({ files: { 'secrets/web.env': sealed.replace(recipient(sealed), recipient(other)) } });
  await once(0);
  assert.equal((await container()).Id, Id);
});

test('a value that was moved or changed is refused by its code', async () => {
  const sealed = await sealSecret('secrets/web.env', `A=one\nAPI_TOKEN=${inEnvironment}\n`, [publicKey]);
  const [, value = ''] = /^A=(.*)$/m.exec(sealed) ?? [];
  await rig.commit({
    files: { 'secrets/web.env': sealed.replace(/^API_TOKEN=.*$/m, `API_TOKEN=${value}`) },
  });
  assert.equal((await once(4)).projects[0]?.code, 'SECRET_TAMPERED');
});

test('opened secrets are not put on a disk', async () => {
  const config = await readFile(rig.configFile, 'utf8');
  // Beside the tree: /tmp is a tmpfs on many machines.
  const onDisk = path.join(import.meta.dirname, '../../../.cache/secrets-on-disk');
  await writeFile(rig.configFile, config.replace(memory, onDisk));
  try {
    await rig.commit({
      files: { 'secrets/web.env': await sealSecret('secrets/web.env', env, [publicKey]) },
    });
    const result = await once(5);
    assert.equal(result.projects[0]?.code, 'SECRET_NOT_IN_MEMORY');
    const left = existsSync(onDisk) ? await textsBelow(onDisk) : [];
    assert.deepEqual(left, []);
  } finally {
    await writeFile(rig.configFile, config);
  }
});

/** Files of an app `evil` whose container would show what it got. */
const evil = async (secrets: readonly string[], files: Record<string, string>) => {
  const image = rig.images.one;
  const pinned = `${image.repository}:latest@${image.digest}`;
  const device = parse(await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`])) as {
    apps: Record<string, object>;
  };
  return {
    'apps/evil/app.yaml': stringify({ apiVersion: 'towline/v1', secrets }),
    'apps/evil/compose.yaml': stringify({
      services: { app: { image: pinned, environment: ['API_TOKEN'], stop_grace_period: '1s' } },
    }),
    [`devices/${rig.device}.yaml`]: stringify({ ...device, apps: { ...device.apps, evil: {} } }),
    ...files,
  };
};

test('sealed bytes of another app, copied to where an app may have them, do not open on the device', async () => {
  const sealed = await sealSecret('secrets/web.env', env, [publicKey]);
  await rig.commit({ files: { 'secrets/web.env': sealed } });
  await once(0);
  const before = await container();
  const copied = { 'secrets/evil/x.env': sealed };
  await rig.commit({ files: await evil(['secrets/evil/x.env'], copied) });
  const { projects } = await once(5);
  assert.ok(
    projects.some(
      ({ code, message }) => code === 'SECRET_PATH_OTHER' && message?.includes('secrets/evil/x.env'),
    ),
    JSON.stringify(projects),
  );
  const running = await rig.containers();
  assert.deepEqual(
    running.map(({ id }) => id),
    [before.Id],
  );
});

test('a commit in which an app names another app’s secret is not applied, and what runs keeps running', async () => {
  const before = await container();
  await rig.commit({ files: await evil(['secrets/web.env'], {}) });
  const run = await rig.once();
  outputs.push(run.stdout, run.stderr);
  assert.notEqual(run.code, 0);
  assert.match(run.stdout + run.stderr, /SECRET_OF_ANOTHER_APP/);
  assert.equal((await container()).State.StartedAt, before.State.StartedAt);
  const device = parse(await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`])) as {
    apps: Record<string, object>;
  };
  delete device.apps.evil;
  await rig.commit({ files: { [`devices/${rig.device}.yaml`]: stringify(device) } });
  await once(0);
});

test('no secret is in any log, status, plan, label, or file of the state directory', async () => {
  const { Config } = await container();
  const config = parse(await readFile(rig.configFile, 'utf8')) as { logLevel: string };
  assert.equal(config.logLevel, 'trace');
  const all = [
    ...outputs,
    JSON.stringify(Config.Labels),
    ...(await textsBelow(rig.stateDirectory)),
    (await rig.status()) ?? '',
    await rig.telemetry.git(['log', '-p', '--all']),
  ];
  assert.ok(all.length > 15);
  for (const secret of [inFile, inEnvironment, second]) {
    assert.equal(all.filter(text => text.includes(secret)).length, 0, secret);
    const encoded = Buffer.from(secret).toString('base64').slice(0, 24);
    assert.equal(all.filter(text => text.includes(encoded)).length, 0, `${secret}, base64`);
  }
});
