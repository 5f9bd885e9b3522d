/** A folder that docker compose runs becomes an app: its .env is sealed, and what no device takes is said before anything is written. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { parseEnvFile } from '../../../core/compose/load/env-file.ts';
import { readSecretDocument } from '../../../core/secrets/document.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

let fleet: TestFleet;
let alice: GpgKey;

before(async () => {
  fleet = await makeFleet();
  alice = await makeGpgKey({ name: 'alice', algorithm: 'default', usage: 'default' });
  await fleet.write('trust/keys/alice.asc', await alice.publicKey());
  await fleet.replace('trust/policy.yaml', 'ssh:', 'openpgp: [trust/keys/alice.asc]\n    ssh:');
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
});
after(async () => {
  await fleet[Symbol.asyncDispose]();
  await alice.remove();
});

const web = (more: string) => `services:\n  web:\n    image: registry.example.com/shop:1\n${more}`;

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const place = path.join(fleet.folder, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  return place;
}

const adopt = (place: string, ...more: string[]) =>
  towline(['app', 'add', place, '--adopt', '--worktree', '--yes', ...more], {}, fleet.directory);

const atWork = (file: string) => readFile(path.join(fleet.directory, file), 'utf8');

test('every value of .env is sealed but those that are named; app.yaml says that it adopts, and the next steps are said', async () => {
  const place = await folder('shop', {
    'docker-compose.yml': web(
      `    environment:\n      DB_PASSWORD:\n      ZONE: "\${TZ}"\n    volumes: ["./site.conf:/etc/site.conf:ro", "data:/data"]\nvolumes: { data: {} }\n`,
    ),
    'docker-compose.override.yml': 'services: { web: { restart: always } }\n',
    '.env': 'TZ=Europe/Berlin\nDB_PASSWORD=hunter2\n',
    'site.conf': 'listen 80\n',
  });
  const ran = await adopt(place, '--plain', 'TZ');
  assert.equal(ran.code, 0, ran.errors);
  assert.match(ran.output, /engine: \{ adopt: \[shop\] \}/);
  assert.match(ran.output, /towline secret rotate --recipients-only secrets\/shop\.env/);
  assert.equal(await atWork('apps/shop/.env'), 'TZ=Europe/Berlin\n');
  const app = await atWork('apps/shop/app.yaml');
  assert.match(app, /^compose: \[docker-compose\.yml, docker-compose\.override\.yml\]$/m);
  assert.match(app, /^adopt: true\nsecrets: \[secrets\/shop\.env\]$/m);
  const sealed = await atWork('secrets/shop.env');
  assert.match(sealed, /^DB_PASSWORD=ENC\[/m);
  assert.doesNotMatch(sealed + ran.output, /hunter2|Berlin/);
  assert.equal(readSecretDocument(Buffer.from(sealed), 'dotenv').metadata.recipients.length, 1);
});

test('what no device takes is refused where it stands, and nothing is written', async () => {
  for (const [name, files, said] of [
    [
      'text',
      {
        'compose.yaml': web(`    environment: { DB: "\${DB_PASSWORD}" }\n`),
        '.env': 'DB_PASSWORD=hunter2\n',
      },
      /compose\.yaml:4:\d+ .*SECRET_INTERPOLATED .*--plain DB_PASSWORD/,
    ],
    [
      'data',
      { 'compose.yaml': web('    volumes: ["./data:/data"]\n') },
      /compose\.yaml:4:\d+ .*CLI_ADOPT_DATA \.\/data is written/,
    ],
    ['built', { 'compose.yaml': 'services:\n  web:\n    build: .\n' }, /compose\.yaml:\d+:\d+ /],
    [
      'whole',
      { 'compose.yaml': web('    env_file: [.env]\n'), '.env': 'DB_PASSWORD=hunter2\n' },
      /CLI_ADOPT_DATA a service takes all of \.env/,
    ],
    ['named', { 'compose.yaml': `name: other\n${web('')}` }, /CLI_USAGE the project calls itself other/],
    ['none', { 'readme.txt': '' }, /CLI_USAGE the folder has no Compose file/],
    [
      'typo',
      { 'compose.yaml': web(''), '.env': 'A=1\nDB PASSWORD=hunter2\n' },
      /\.env:2 .*COMPOSE_VALUE .*contains a space/,
    ],
    [
      'plainly',
      {
        'compose.yaml': `${web('    secrets: [db]\n')}secrets: { db: { file: ./db.txt } }\n`,
        'db.txt': 'hunter2',
      },
      /compose\.yaml:5:\d+ .*SECRET_NOT_ENCRYPTED \.\/db\.txt is a secret .*db: \{ environment: NAME \}/,
    ],
    [
      'base',
      { 'compose.yaml': web('    volumes: ["./app.db:/app.db"]\n'), 'app.db': 'SQLite format 3\0hunter2' },
      /compose\.yaml:4:\d+ .*CLI_ADOPT_DATA \.\/app\.db is written/,
    ],
    [
      'beside',
      { 'compose.yaml': web('    volumes: ["../data:/data"]\n') },
      /compose\.yaml:4:\d+ .*CLI_ADOPT_DATA web mounts what lies outside of the folder/,
    ],
    [
      'ours',
      { 'compose.yaml': web(''), '.env': 'COMPOSE_PROJECT_NAME=other\n' },
      /CLI_USAGE the project calls itself other/,
    ],
    [
      'twice',
      { 'compose.yaml': web(''), 'app.yaml': 'apiVersion: towline/v1\n' },
      /CLI_USAGE .*app\.yaml already/,
    ],
  ] as const) {
    const ran = await adopt(await folder(name, files));
    assert.notEqual(ran.code, 0, name);
    assert.match(ran.errors + ran.output, said);
    assert.doesNotMatch(ran.errors, /hunter2/);
    assert.ok(!existsSync(path.join(fleet.directory, 'apps', name)));
    assert.ok(!existsSync(path.join(fleet.directory, 'secrets', `${name}.env`)));
  }
});

test('what a device would have to allow is said, in text and in JSON', async () => {
  const place = await folder('deep', { 'compose.yaml': web('    network_mode: host\n') });
  const ran = await adopt(place, '--json');
  assert.equal(ran.code, 0, ran.errors);
  assert.match(JSON.parse(ran.output).asked.join(), /engine\.hostNamespaces/);
});

test('only what the Compose files name is read: data, copies, and what nobody may read stay where they are', async () => {
  const place = await folder('beside-data', {
    'compose.yaml': web(
      `    env_file: [web.env]\n    configs: [site]\n    volumes: ["./conf:/conf:ro", "/opt/beside-data/data:/data"]\nconfigs: { site: { file: ./site.conf } }\n`,
    ),
    'web.env': 'LEVEL=info\n',
    'site.conf': 'listen 80\n',
    'conf/a/b.conf': 'b\n',
    'backup.sql': 'hunter2',
    'data/base': 'hunter2',
  });
  await truncate(path.join(place, 'data/base'), 100 * 1024 * 1024);
  // Nobody can read what is no regular file, root neither.
  await promisify(execFile)('mkfifo', [path.join(place, 'data/queue')]);
  const ran = await adopt(place, '--json');
  assert.equal(ran.code, 0, ran.errors);
  assert.deepEqual(JSON.parse(ran.output).left, ['backup.sql', 'data']);
  const listed = await readdir(path.join(fleet.directory, 'apps/beside-data'), {
    recursive: true,
    withFileTypes: true,
  });
  assert.deepEqual(
    listed
      .filter(each => each.isFile())
      .map(({ name }) => name)
      .sort(),
    ['app.yaml', 'b.conf', 'compose.yaml', 'site.conf', 'web.env'],
  );
  await writeFile(path.join(place, 'compose.yaml'), web('    volumes: ["./data:/data"]\n'));
  assert.match((await adopt(place, '--name', 'again')).errors, /CLI_ADOPT_DATA \.\/data is written/);
});

test('what .env says to docker compose itself is heeded, and plain values come through as they are', async () => {
  const place = await folder('staged', {
    'base.yml': web('    environment:\n      A_KEY:\n'),
    'prod.yml': 'services: { web: { restart: always } }\n',
    'compose.yaml': 'services: { other: { build: . } }\n',
    '.env': `COMPOSE_FILE=base.yml:prod.yml\nCOMPOSE_PROFILES=debug\nA_KEY=hunter2\nWORDS="it's \\"\\$5\\" \\\\ so"\nB='$HOME'\n`,
  });
  const ran = await adopt(place, '--plain', 'WORDS', '--plain', 'B');
  assert.equal(ran.code, 0, ran.errors);
  const app = await atWork('apps/staged/app.yaml');
  assert.match(app, /^compose: \[base\.yml, prod\.yml\]$/m);
  assert.match(app, /^profiles: \[debug\]$/m);
  assert.ok(!existsSync(path.join(fleet.directory, 'apps/staged/compose.yaml')));
  const none = () => undefined;
  const { WORDS, B, A_KEY } = parseEnvFile(await atWork('apps/staged/.env'), none, '.env');
  assert.deepEqual([WORDS, B, A_KEY], [`it's "$5" \\ so`, '$HOME', undefined]);
});
