/** Folders as people have them that docker compose takes, and that would be another project on a device: refused where it stands. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { adoptedFolder } from '../../../cli/app/adopted-folder.ts';
import { composeProjectName } from '../../../cli/app/project-name.ts';
import { composePeer } from '../../../lab/machine/compose-peer.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

let fleet: TestFleet;
before(async () => {
  fleet = await makeFleet();
});
after(() => fleet[Symbol.asyncDispose]());

const web = (more = '') => `services:\n  web:\n    image: registry.example.com/shop:1\n${more}`;
type Files = Readonly<Record<string, string>>;

async function folder(name: string, files: Files): Promise<string> {
  const place = path.join(fleet.folder, 'strange', name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  return place;
}

const adopt = (place: string, ...more: string[]) =>
  towline(['app', 'add', place, '--adopt', '--worktree', '--yes', ...more], {}, fleet.directory);

/** What docker compose 2.40 says of the folder. */
async function asComposeHasIt(place: string) {
  const environment = { PATH: process.env.PATH, HOME: place, PWD: place };
  const words = ['config', '--format', 'json'];
  const { stdout } = await promisify(execFile)(composePeer('sid'), words, { cwd: place, env: environment });
  const said: { name: string; services: { web: { environment: Record<string, string> } } } =
    JSON.parse(stdout);
  return said;
}

const refused: Readonly<Record<string, readonly [files: Files, said: RegExp, words?: readonly string[]]>> = {
  'a Compose file beside the folder': [
    { '.env': 'COMPOSE_FILE=../base.yml\n', '../base.yml': web() },
    /CLI_USAGE docker compose takes \.\. for the folder of the project/,
  ],
  'a further one beside it': [
    { 'compose.yaml': web(), '.env': 'COMPOSE_FILE=compose.yaml:../base.yml\n', '../base.yml': web() },
    /COMPOSE_FILE_MISSING/,
  ],
  'one by an absolute path': [{ '.env': 'COMPOSE_FILE=/etc/hostname\n' }, /takes \/etc for the folder/],
  // coolify #4468: paths begin elsewhere.
  'one below it, which makes that the folder': [
    { '.env': 'COMPOSE_FILE=deploy/compose.yaml\n', 'deploy/compose.yaml': web() },
    /CLI_USAGE docker compose takes deploy for the folder of the project: adopt that one/,
  ],
  'what is included from beside it': [
    { 'compose.yaml': `include: [../more.yml]\n${web()}`, '../more.yml': 'services: {}\n' },
    /compose\.yaml:1:\d+ .*COMPOSE_FILE_MISSING/,
  ],
  'what is extended from beside it': [
    {
      'compose.yaml': 'services:\n  web: { extends: { file: ../more.yml, service: web } }\n',
      '../more.yml': web(),
    },
    /compose\.yaml:2:\d+ .*COMPOSE_FILE_MISSING/,
  ],
  'an env_file beside it': [
    { 'compose.yaml': web('    env_file: [../web.env]\n'), '../web.env': 'A=1\n' },
    /compose\.yaml:4:\d+ .*COMPOSE_FILE_MISSING/,
  ],
  'a config beside it': [
    {
      'compose.yaml': `${web('    configs: [site]\n')}configs: { site: { file: ../site.conf } }\n`,
      '../site.conf': 'listen 80\n',
    },
    /compose\.yaml:5:\d+ .*CLI_ADOPT_DATA configs site holds what lies outside of the folder/,
  ],
  // coolify #3375 and #5169: what is not there becomes an empty folder.
  'a file to be mounted that is not there': [
    { 'compose.yaml': web('    volumes: ["./site.conf:/etc/site.conf:ro"]\n') },
    /compose\.yaml:4:\d+ .*CLI_ADOPT_DATA \.\/site\.conf of web is not in the folder, or is empty/,
  ],
  'a password in a list of the environment': [
    { 'compose.yaml': web('    environment: ["DB_PASSWORD=hunter2hunter2"]\n') },
    /SECRET_NOT_ENCRYPTED compose\.yaml holds DB_PASSWORD/,
  ],
  'one in an env_file': [
    { 'compose.yaml': web('    env_file: [web.env]\n'), 'web.env': 'export DB_PASSWORD="hunter2hunter2"\n' },
    /SECRET_NOT_ENCRYPTED web\.env holds DB_PASSWORD/,
  ],
  'one in a URL': [
    { 'compose.yaml': web('    environment: { DB: "postgres://shop:hunter2hunter2@db/shop" }\n') },
    /SECRET_NOT_ENCRYPTED compose\.yaml holds DB/,
  ],
  'a plain variable that nothing has': [
    { 'compose.yaml': web('    environment: [DB_PASSWORD]\n'), '.env': 'DB_PASSWORD=hunter2hunter2\n' },
    /CLI_USAGE --plain DB_PASWORD: nothing there has it; did you mean "DB_PASSWORD"\?/,
    ['--plain', 'DB_PASWORD'],
  ],
  // komodo #898: it is asked for under the one name, and runs under the other.
  'another name than its file says': [
    { 'compose.yaml': `name: grafana-stack\n${web()}` },
    /CLI_USAGE the project calls itself grafana-stack/,
    ['--name', 'grafana'],
  ],
};

for (const [what, [files, said, words = []]] of Object.entries(refused))
  test(`refused, and nothing is written: ${what}`, async () => {
    const name = `p${Object.keys(refused).indexOf(what)}`;
    const ran = await adopt(await folder(`${name}/shop`, files), ...words);
    assert.notEqual(ran.code, 0, ran.output);
    assert.match(ran.errors + ran.output, said);
    assert.doesNotMatch(ran.errors + ran.output, /hunter2/);
    assert.ok(!existsSync(path.join(fleet.directory, 'apps/shop')));
    assert.ok(!existsSync(path.join(fleet.directory, 'apps/grafana')));
  });

test('a link that leads out of the folder is not followed, also not that of a folder in between', async () => {
  const place = await folder('links/shop', {
    'compose.yaml': web('    volumes: ["./conf:/conf:ro"]\n'),
    '../etc/site.conf': 'hunter2\n',
    '../etc/deep/more.conf': 'hunter2\n',
  });
  await symlink('../etc', path.join(place, 'conf'));
  for (const mounted of ['conf', 'conf/deep', 'conf/site.conf', 'conf/deep/more.conf']) {
    await writeFile(path.join(place, 'compose.yaml'), web(`    volumes: ["./${mounted}:/conf:ro"]\n`));
    const ran = await adopt(place);
    assert.match(ran.errors, /CLI_USAGE conf\S* is a link that leads out of the folder/, mounted);
    assert.ok(!existsSync(path.join(fleet.directory, 'apps/shop')));
  }
});

test('of several files the same ones are taken as by docker compose, whatever they are called', async () => {
  const bases = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
  const overs = ['compose', 'docker-compose'].flatMap(name => [
    `${name}.override.yml`,
    `${name}.override.yaml`,
  ]);
  const sets = [
    bases,
    bases.slice(2),
    ...bases.flatMap(base => overs.map(over => [base, over])),
    ['compose.yaml', ...overs],
  ];
  for (const [at, names] of sets.entries()) {
    const place = await folder(
      `several/s${at}`,
      Object.fromEntries(
        names.map(name => [name, web(`    environment: { F${names.indexOf(name)}: "" }\n`)]),
      ),
    );
    const { files } = await adoptedFolder({ app: `s${at}`, folder: place, plain: [] });
    const { environment } = (await asComposeHasIt(place)).services.web;
    const taken = names.flatMap((name, index) => (files.has(name) ? [`F${index}`] : []));
    assert.deepEqual(taken, Object.keys(environment).sort(), names.join());
  }
});

test('a project is called as docker compose calls it; a name that no app has is refused, not changed', async () => {
  for (const name of ['shop', 'My Shop. 2', '_shop', 'My-Shop', 'my_shop', 'Äshop', '-_x_1-'])
    assert.equal(
      (await asComposeHasIt(await folder(`names/${name}`, { 'compose.yaml': web() }))).name,
      composeProjectName(name),
    );
  // portainer #2287: two of one name, of which one is stripped.
  const place = path.join(fleet.folder, 'strange/names');
  const underscore = await adopt(path.join(place, 'my_shop'));
  assert.match(
    underscore.errors,
    /CLI_USAGE "my_shop" cannot be an app’s name, and what .* cannot be taken over/,
  );
  const other = await adopt(path.join(place, 'my_shop'), '--name', 'other');
  assert.match(other.output, /By its folder docker compose calls it my_shop: only what runs as other/);
  const plain = await adopt(path.join(place, 'My Shop. 2'));
  assert.equal(plain.code, 0, plain.errors);
  assert.match(await readFile(path.join(fleet.directory, 'apps/myshop2/app.yaml'), 'utf8'), /^adopt: true$/m);
  assert.doesNotMatch(plain.output, /By its folder/);
});

test('values of .env are those of docker compose: quotes, escapes, several lines, export, comments, references', async () => {
  const dotenv = [
    'export A=one',
    'B="two \\"words\\"" # said',
    "C='si$ngle'",
    'D="more\nlines\\nthan one"',
    'E=$' + '{A}-x',
    'F=un quoted  # said',
    'G=',
    'H="$A and $' + '{B}"',
    "I='# none'",
    'J=a#b',
    'K: colon',
    '  L = spaces ',
    'M="tab\\tend\\\\"',
    'N=$' + '{MISSING:-default}',
    '',
  ].join('\n');
  const names = [...'ABCDEFGHIJKLMN'];
  for (const ending of ['\n', '\r\n']) {
    const place = await folder(`values${ending.length}`, {
      'compose.yaml': web(`    environment: [${names.join(', ')}]\n`),
      '.env': dotenv.replaceAll('\n', ending),
    });
    const { secrets } = await adoptedFolder({ app: path.basename(place), folder: place, plain: [] });
    const { environment } = (await asComposeHasIt(place)).services.web;
    const unescaped = Object.entries(environment).map(([name, value]) => [name, value.replaceAll('$$', '$')]);
    assert.deepEqual(secrets, Object.fromEntries(unescaped));
  }
});
