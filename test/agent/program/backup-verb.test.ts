/** `towline agent backup` where no agent and no engine runs: what is there, what is noted, what is refused. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { NewBackup } from '../../../agent/backup/backup-folder.ts';
import { whileGrowing } from '../../../agent/backup/growing-file.ts';
import { ProjectStore } from '../../../agent/projects/project-store.ts';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import type { RestoreNote } from '../../../core/backup/restore-note.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { makeProject } from '../../../lab/rig/desired.ts';

const [older, newer, foreign] = ['20261129T041500Z', '20261130T041500Z', '20261128T041500Z'].map(
  time => `${time}-1a2b3c4d`,
) as [string, string, string];
const stamp = '20261130T050000.123Z';
const shop = { ...makeProject('p-shop', { services: {}, volumes: { data: {} } }), app: 'shop', release: '2' };

let folder = '';
let stateDirectory = '';
let config = '';

async function backup(id: string, change: Partial<BackupManifest> = {}): Promise<void> {
  const made = await NewBackup.begin(path.join(stateDirectory, 'backups'), 'p-shop', id);
  await made.makeFile('data.tar.zst');
  const place = path.join(made.folder, 'data.tar.zst');
  const write = () => writeFile(place, `what ${id} has`);
  const { digest: file } = await whileGrowing(place, write, createSystemClock());
  await made.closeFile('data.tar.zst');
  await made.writeProject(shop);
  await made.finish({
    ...{ version: 1, id, fleet: 'acme', device: 'pump-1', app: 'shop', project: 'p-shop', release: '2' },
    ...{ digest: shop.digest, cause: 'schedule', mode: 'stop', atMs: 0, tookMs: 1, services: [] },
    volumes: [{ key: 'data', name: 'p-shop_data', file: 'data.tar.zst', contentBytes: 1, ...file }],
    ...change,
  });
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-backup-verb-'));
  stateDirectory = path.join(folder, 'state');
  config = path.join(folder, 'agent.yaml');
  const gateways = `[{ address: "gw:8443", tlsPins: ["sha256:${'A'.repeat(43)}="] }]`;
  await writeFile(
    config,
    `apiVersion: towline/v1\nfleet: acme\ndevice: pump-1\nanchor: "${'1'.repeat(40)}"\ngateways: ${gateways}\nstateDirectory: ${stateDirectory}\nprojectPrefix: p-\n`,
  );
  await backup(foreign, { device: 'pump-2' });
  await backup(older, { release: '1' });
  await backup(newer);
  await new ProjectStore({ stateDirectory }).recordGood(shop);
});
after(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the program says
  readonly json: any;
  readonly text: string;
}

async function tell(...words: string[]): Promise<Said> {
  const { code, stdout, stderr } = await runAgent(['backup', ...words, '--config', config]).ended;
  const text = `${stdout}${stderr}`;
  return {
    code,
    json: words.includes('--json') ? JSON.parse(stdout === '' ? stderr : stdout) : undefined,
    text,
  };
}

const note = (change: Partial<RestoreNote>) =>
  new ProjectStore({ stateDirectory }).restores.note('p-shop', {
    ...{ backup: newer, cause: 'person', migrate: false, stamp, phase: 'asked', volumes: [] },
    ...change,
  });
const noted = () => new ProjectStore({ stateDirectory }).restores.of('p-shop');

test('what lies here is listed, newest first, with what waits and what is aside', async () => {
  await new ProjectStore({ stateDirectory }).update('p-shop', {
    restored: { backup: older, cause: 'person', state: 'begun', stamp },
  });
  await note({});
  const { code, json } = await tell('list', 'shop', '--json');
  assert.equal(code, 0);
  assert.deepEqual(
    json.backups.map(({ app, backup, release, volumes }: Record<string, unknown>) => [
      app,
      backup,
      release,
      volumes,
    ]),
    [
      ['shop', newer, '2', ['data']],
      ['shop', older, '1', ['data']],
      ['shop', foreign, '2', ['data']],
    ],
  );
  assert.deepEqual(json.aside, [{ app: 'shop', backup: `aside-${stamp}`, restored: older }]);
  assert.deepEqual(json.restores, [{ app: 'shop', backup: newer, cause: 'person', state: 'asked' }]);
  const { text } = await tell('list');
  assert.match(text, new RegExp(`^APP +BACKUP.*\nshop +${newer} +2 +schedule .* device\n`));
});

test('a restore that waits is taken back, and one that has begun is not', async () => {
  await note({});
  assert.deepEqual((await tell('cancel', 'shop', '--json')).json, { app: 'shop', cancelled: true });
  assert.equal(await noted(), undefined);
  const volume = { key: 'data', name: 'a', fresh: 'b', aside: 'c' };
  await note({ phase: 'unpacked', volumes: [volume] });
  for (const words of [
    ['cancel', 'shop', '--json'],
    ['restore', 'shop', newer, '--json'],
  ]) {
    const { code, json } = await tell(...words);
    assert.equal(code, 5);
    assert.equal(json.error.code, 'RESTORE_UNDER_WAY');
  }
  await new ProjectStore({ stateDirectory }).restores.clear('p-shop');
});

test('what cannot be put back is refused before anything is noted', async () => {
  await new ProjectStore({ stateDirectory }).update('p-shop', { restored: undefined });
  const refusals = [
    ['shop', older, 'RESTORE_OTHER_RELEASE'],
    ['shop', foreign, 'RESTORE_OTHER'],
    ['shop', 'aside', 'RESTORE_NO_BACKUP'],
    ['shop', '../../x', 'RESTORE_NO_BACKUP'],
    ['web', 'latest', 'RESTORE_NO_BACKUP'],
    ['../shop', 'latest', 'AGENT_CONTROL'],
  ] as const;
  for (const [app, word, expected] of refusals) {
    const { code, json } = await tell('restore', app, word, '--json');
    assert.deepEqual([json.error.code, code], [expected, 5], `${app} ${word}`);
  }
  assert.equal(await noted(), undefined);
});

test('a backup is copied out as it is, and one that is damaged is not', async () => {
  const out = path.join(folder, 'stick');
  const { code, json } = await tell('export', 'shop', 'latest', '--out', out, '--json');
  assert.equal(code, 0);
  assert.equal(json.backup, newer);
  assert.deepEqual(readdirSync(out).sort(), ['data.tar.zst', 'manifest.json', 'project.json']);
  assert.match((await tell('export', 'shop', 'latest', '--out', out)).text, /is not empty/);
  await appendFile(path.join(stateDirectory, 'backups', 'p-shop', newer, 'data.tar.zst'), 'x');
  const other = path.join(folder, 'other');
  const damaged = await tell('export', 'shop', newer, '--out', other, '--json');
  assert.equal(damaged.json.error.code, 'BACKUP_MANIFEST');
  assert.equal(existsSync(path.join(other, 'manifest.json')), false);
});
