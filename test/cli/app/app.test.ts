/** Apps come from a folder, and go, by commits on main of a real remote. */
import assert from 'node:assert/strict';
import { chmod, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { git } from '../towline.ts';

const compose =
  'services:\n  web: # the shop\n    image: registry.example.com/shop:1.0.0\n    env_file: [shop.env]\n';

const inEnvironment = (lines: string) =>
  `services:\n  web:\n    image: registry.example.com/shop:1.0.0\n    environment:\n      ${lines}\n`;

describe('towline app', () => {
  const ready = pushedFleet();
  after(async () => (await ready)[Symbol.asyncDispose]());

  async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const place = path.join((await ready).fleet.folder, name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(place, file)), { recursive: true });
      await writeFile(path.join(place, file), text);
    }
    return place;
  }

  test('add: what lies in the folder, byte by byte, with who may run it; not its git, nor what links lead to outside', async () => {
    const desk = await ready;
    const place = await folder('shop', {
      'compose.yaml': compose,
      'shop.env': 'GREETING=hello\nDB_PASSWORD=$DB_PASSWORD\n',
      'bin/start': '#!/bin/sh\n',
      '.git/config': '[core]\n',
      'bin/.git/config': '[core]\n',
      'more.env': `BYPASS=1\nCOMPASS_URL=http://x\nDB_PASSWORD_FILE=/run/secrets/db\nA_TOKEN="\${A_TOKEN}"\nB_TOKEN= # elsewhere\n`,
    });
    await chmod(path.join(place, 'bin/start'), 0o755);
    await symlink('bin/start', path.join(place, 'begin'));
    const added = await desk.says('app', 'add', place);
    assert.match(added, /: shop is an app of the fleet, of 5 files\n/);
    assert.equal(`${await desk.atMain('apps/shop/compose.yaml')}\n`, compose);
    const listed = await git(desk.origin, 'ls-tree', '-r', 'main', 'apps/shop/');
    assert.match(listed, /^100755 blob \S+\tapps\/shop\/begin$/m);
    assert.match(listed, /^100755 blob \S+\tapps\/shop\/bin\/start$/m);
    assert.match(listed, /^100644 blob \S+\tapps\/shop\/shop\.env$/m);
    assert.doesNotMatch(listed, /\.git\//);
    const again = await desk.does('app', 'add', place);
    assert.match(again.errors, /^CLI_FILE_EXISTS there is an app shop already/m);
    assert.match(
      await desk.says('app', 'add', place, '--name', 'kiosk', '--dry-run'),
      /^\+\+\+ b\/apps\/kiosk\/compose\.yaml$/m,
    );
  });

  test('add refuses what devices would refuse, what leaves the folder, what is too large, and secrets: never shown', async () => {
    const desk = await ready;
    const before = await desk.head();
    const out = await folder('out', { 'compose.yaml': compose });
    await symlink('/etc/hostname', path.join(out, 'shop.env'));
    const large = await folder('large', { 'compose.yaml': compose, 'shop.env': '' });
    await truncate(path.join(large, 'shop.env'), 17 * 1024 * 1024);
    for (const [place, code, said] of [
      [await folder('none', { 'readme.txt': '' }), 2, /CLI_USAGE .* has no compose\.yaml/],
      [await folder('bad', { 'compose.yaml': 'services:\n  web:\n    imagee: x\n' }), 1, /CLI_INVALID_FLEET/],
      [await folder('Shop', { 'compose.yaml': compose }), 2, /CLI_USAGE "Shop" cannot be/],
      [out, 2, /CLI_USAGE shop\.env is a link that leads out/],
      [large, 1, /FLEET_PROJECT_TOO_LARGE/],
      [
        await folder('open', { 'compose.yaml': compose, 'shop.env': 'A=1\nexport API_TOKEN="hunter2"\n' }),
        1,
        /SECRET_NOT_ENCRYPTED shop\.env holds API_TOKEN as plain text: .*towline secret edit secrets\/open\.env/,
      ],
      [
        await folder('key', {
          'compose.yaml': compose,
          'shop.env': '',
          'tls.pem': '-----BEGIN EC PRIVATE KEY-----\nhunter2\n',
        }),
        1,
        /SECRET_NOT_ENCRYPTED tls\.pem holds a private key/,
      ],
      [path.join(desk.fleet.folder, 'nowhere'), 2, /CLI_USAGE .*nowhere: there is no such folder/],
      [
        await folder('old', { 'docker-compose.yml': compose }),
        2,
        /CLI_USAGE .* has no compose\.yaml: rename docker-compose\.yml/,
      ],
      [await folder('line', { 'compose.yaml': compose, 'a\nb': '' }), 2, /CLI_USAGE .*line has control/],
      ...(await Promise.all(
        Object.entries({
          map: 'DB_PASSWORD: hunter2',
          list: '- DB_PASSWORD=hunter2',
          url: 'DB: postgres://app:hunter2@db/app',
          instead: `DB_PASSWORD: \${NONE:-hunter2}`,
        }).map(async ([name, line]) => {
          const place = await folder(name, { 'compose.yaml': inEnvironment(line) });
          return [place, 1, /SECRET_NOT_ENCRYPTED compose\.yaml holds DB(?:_PASSWORD)? as plain/] as const;
        }),
      )),
      [
        await folder('mark', { 'compose.yaml': compose, 'shop.env': '\ufeffA_TOKEN=hunter2\n' }),
        1,
        /SECRET_NOT_ENCRYPTED shop\.env holds A_TOKEN/,
      ],
    ] as const) {
      const ran = await desk.does('app', 'add', place);
      assert.equal(ran.code, code, `${place}: ${ran.errors}`);
      assert.match(ran.errors, said);
      assert.doesNotMatch(ran.errors, /hunter2/);
    }
    await writeFile(Buffer.from(`${out}/\xff`, 'latin1'), '');
    await rm(path.join(out, 'shop.env'));
    assert.match((await desk.does('app', 'add', out)).errors, /CLI_USAGE .* a name that is not UTF-8/);
    const plain = await folder('plain', {
      'compose.yaml': inEnvironment('TOKEN_MINUTES: 5\n      DB_PASSWORD: $DB_PASSWORD'),
    });
    assert.match((await desk.does('app', 'add', plain)).errors, /where it is none: --plain TOKEN_MINUTES/);
    await desk.says('app', 'add', plain, '--plain', 'TOKEN_MINUTES', '--dry-run');
    assert.equal(await desk.head(), before);
  });

  test('add writes over nothing, not even what is no app', async () => {
    const desk = await ready;
    await desk.commits({ 'apps/left/readme.txt': 'mine\n' });
    const place = await folder('left', { 'compose.yaml': compose, 'shop.env': '' });
    assert.match((await desk.does('app', 'add', place)).errors, /^CLI_FILE_EXISTS /m);
  });

  test('remove: refused while it is assigned, and says where; --unassign takes it out there, too', async () => {
    const desk = await ready;
    const refused = await desk.does('app', 'remove', 'hello');
    assert.equal(refused.code, 2);
    assert.match(
      refused.errors,
      /CLI_USAGE hello is assigned by groups\/canary\.yaml, groups\/stable\.yaml: --unassign/,
    );
    const rollout = ['apiVersion: towline/v1', 'app: hello', 'from: [1.0.0]', 'to: 1.0.0', 'stages:'];
    const stages = ['  - { name: all, select: { all: true } }', 'stage: 0', ''];
    await desk.commits({ 'rollouts/hello/autumn.yaml': [...rollout, ...stages].join('\n') });
    const gone = JSON.parse(await desk.says('app', 'remove', 'hello', '--unassign', '--yes', '--json'));
    assert.deepEqual(gone.devices, ['pump-1', 'pump-2', 'pump-3']);
    assert.doesNotMatch(await desk.atMain('groups/canary.yaml'), /apps/);
    assert.equal(
      await git(desk.origin, 'ls-tree', '-r', '--name-only', 'main', 'apps/hello/', 'rollouts/'),
      '',
    );
    await desk.says('app', 'remove', 'shop');
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('validate')).code, 0);
    assert.match((await desk.does('app', 'remove', 'shp')).errors, /CLI_USAGE there is no app "shp"/);
  });
});
