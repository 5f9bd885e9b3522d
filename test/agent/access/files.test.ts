/** Files of a container through the agent's own server: stock scp and sftp, an image that has neither, and hostile ends. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { SFTPWrapper } from 'ssh2';
import { unpackedPackages } from '../../../lab/machine/unpacked-packages.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { finish } from '../../../lab/rig/finished.ts';
import { enter } from './person-client.ts';

const web = { app: 'shop', service: 'web' };

describe('files of a container', { timeout: 120_000 }, () => {
  let rig: AccessRig;
  let config: string;
  const big = randomBytes(3 * 1024 * 1024);
  const place = (name: string) => join(rig.folder, name);
  before(async () => {
    rig = await AccessRig.start();
    await rig.container('shop', 'web');
    config = await rig.clientConfig();
    mkdirSync(place('tree/sub'), { recursive: true });
    writeFileSync(place('big'), big);
    writeFileSync(place('tree/a b'), 'A', { mode: 0o755 });
    writeFileSync(place('tree/sub/ü"$x\n'), 'B');
    // A name that whoever lists them could take for an option.
    writeFileSync(place('tree/-rf'), 'C');
    writeFileSync(place('short'), 'short');
  });
  after(() => rig[Symbol.asyncDispose]());

  async function run(program: string, ...words: readonly string[]) {
    await rig.use({ access: { services: [web] } });
    return await rig.run(program, ['-F', config, ...words]);
  }

  async function shell(command: string): Promise<string> {
    return (await run('ssh', 'web@pump', command)).stdout.toString();
  }

  for (const [name, options] of [
    ['scp by SFTP', []],
    ['scp as it was', ['-O']],
  ] as const) {
    test(`${name}: files and folders there and back, what is not there, what is in the way`, async () => {
      const scp = (...words: readonly string[]) => run('scp', ...options, '-qrp', ...words);
      const back = place(`back${options.length}`);
      for (const words of [
        [place('big'), place('tree'), 'web@pump:/www'],
        ['web@pump:/www/big', `${back}.big`],
        ['web@pump:/www/tree', back],
      ]) {
        const { code, stderr } = await scp(...words);
        // A name with a line break cannot be said in scp as it was.
        if (options.length === 0) assert.deepEqual([code, stderr], [0, '']);
      }
      assert.ok(readFileSync(`${back}.big`).equals(big));
      assert.equal(statSync(join(back, 'a b')).mode & 0o777, 0o755);
      assert.equal(
        Math.floor(statSync(join(back, 'a b')).mtimeMs / 1000),
        Math.floor(statSync(place('tree/a b')).mtimeMs / 1000),
      );
      assert.equal(readFileSync(join(back, '-rf'), 'utf8'), 'C');
      if (options.length === 0) assert.deepEqual(readdirSync(join(back, 'sub')), ['ü"$x\n']);
      // Over a longer one: nothing of that is left.
      assert.equal((await scp(place('short'), 'web@pump:/www/big')).code, 0);
      assert.equal(await shell('cat /www/big; rm -rf /www/big /www/tree'), 'short');
      const [missing, nowhere] = [
        await scp('web@pump:/nope', place('x')),
        await scp(place('short'), 'web@pump:/nope/x'),
      ];
      assert.match(missing.stderr + nowhere.stderr, /no such file.*no such file/is);
      assert.deepEqual([missing.code, nowhere.code], [1, 1]);
    });
  }

  test('rsync: where the image has it, it is a command like any other; where not, it says so', async () => {
    const { root, environment } = unpackedPackages('rsync', ['rsync']);
    const program = join(root, 'usr/bin/rsync');
    await rig.use({ access: { services: [web] } });
    const rsync = (...words: readonly string[]) =>
      finish(rig.spawn(program, ['-a', '-e', `ssh -F ${config}`, ...words], environment));
    const refused = await rsync(place('tree'), 'web@pump:/www');
    assert.match(refused.stderr, /rsync: not found/);
    // That of the far end, or its own: whichever rsync comes to know first.
    assert.ok([127, 12].includes(refused.code ?? 0), `exit code ${refused.code}`);
    const library = execFileSync('ldd', [program], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    const files = [...library.matchAll(/(\/\S+) \(0x/g)].flatMap(match => match[1] ?? []);
    for (const file of files) {
      const to = join(place('image'), /\/ld-/.test(file) ? file : join('lib', basename(file)));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
    }
    mkdirSync(join(place('image'), 'bin'));
    copyFileSync(program, join(place('image'), 'bin/rsync'));
    const packed = execFileSync('tar', ['-C', place('image'), '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
    const unpacked = await rig.run('ssh', ['-F', config, 'web@pump', 'busybox tar x -C /'], packed);
    assert.equal(unpacked.code, 0, unpacked.stderr);
    for (const [from, to] of [
      [`${place('tree')}/`, 'web@pump:/www/synced'],
      [place('big'), 'web@pump:/www/synced'],
      ['web@pump:/www/synced/', place('synced')],
    ] as const) {
      const { code, stderr } = await rsync(from, to);
      assert.deepEqual([code, stderr], [0, '']);
    }
    assert.ok(readFileSync(place('synced/big')).equals(big));
    assert.deepEqual(readdirSync(place('synced/sub')), ['ü"$x\n']);
    const again = await rsync('--stats', `${place('tree')}/`, 'web@pump:/www/synced');
    assert.match(again.stdout.toString(), /Number of regular files transferred: 0/);
  });

  test('sftp: all that its stock client asks for', async () => {
    const lines = [
      ...['pwd', 'mkdir /www/m', `put ${place('big')} /www/m/one`, 'chmod 600 /www/m/one'],
      ...['rename /www/m/one /www/m/two', 'symlink two /www/m/three', 'ls -la /www/m', 'cd /www/m'],
      ...[`get three ${place('three')}`, `put ${place('short')} four`, `reput ${place('big')} four`],
      ...['rm two', 'rm three', '-rm /www', '-rmdir /www', '-get /etc', '-rename four /www', 'ls /proc/1'],
    ];
    writeFileSync(place('batch'), lines.join('\n'));
    const { code, stdout, stderr } = await run('sftp', '-b', place('batch'), 'web@pump');
    assert.equal(code, 0, stderr);
    assert.match(stdout.toString(), /Remote working directory: \/\n/);
    assert.match(stdout.toString(), /lrwxrwxrwx .* three\n-rw------- .* two\n/);
    assert.match(stdout.toString(), /environ/);
    assert.ok(readFileSync(place('three')).equals(big));
    assert.equal(await shell('cd /www/m; ls; rm -r /www/m'), 'four\n');
  });

  test('what ends an answer is known to nobody in the container: a file’s name cannot end one', async () => {
    await rig.use({ access: { services: [web] } });
    const person = await enter(rig, 'web');
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      person.ssh.sftp((error, session) => (error === undefined ? resolve(session) : reject(error))),
    );
    const names = () =>
      new Promise<string[]>((resolve, reject) =>
        sftp.readdir('/www', (error, list) =>
          error ? reject(error) : resolve(list.map(({ filename }) => filename)),
        ),
      );
    await names();
    const words = await shell('busybox cat /proc/[0-9]*/cmdline');
    assert.match(words, /towline/);
    assert.doesNotMatch(words, /[0-9a-f]{32}/);
    person.ssh.end();
  });

  test('whatever the user of a service may not, files are no way around it', async () => {
    await shell(
      'echo secret > /www/root-only; busybox chmod 600 /www/root-only; busybox mkdir -m 777 /www/open',
    );
    await rig.use({ access: { services: [{ ...web, user: '1000:1000' }] } });
    for (const options of [[], ['-O']]) {
      const out = await rig.run('scp', [
        '-F',
        config,
        ...options,
        '-q',
        'web@pump:/www/root-only',
        place('y'),
      ]);
      assert.equal(out.code, 1);
      assert.match(out.stderr, /not be done|denied|failure/i);
      const into = await rig.run('scp', [
        '-F',
        config,
        ...options,
        '-q',
        place('short'),
        'web@pump:/www/new',
      ]);
      assert.equal(into.code, 1);
      const ok = await rig.run('scp', [
        '-F',
        config,
        ...options,
        '-q',
        place('short'),
        'web@pump:/www/open/ok',
      ]);
      assert.deepEqual([ok.code, ok.stderr], [0, '']);
    }
    assert.match(await shell('busybox stat -c %u /www/open/ok; rm -r /www/open'), /1000/);
  });

  test('an end of scp that names what lies elsewhere is broken off, and writes nothing there', async () => {
    await rig.use({ access: { services: [web] } });
    for (const line of ['C0644 1 ../../escaped\n', 'D0755 0 inner\n', 'X\n']) {
      const { stderr } = await rig.run('ssh', ['-F', config, 'web@pump', 'scp -t /www'], `${line}x\0`);
      assert.match(stderr, /scp that is none|not asked for/);
    }
    assert.equal(await shell('ls / /www | busybox grep -c -e escaped -e inner'), '0\n');
  });

  test('who is cut in the middle of a copy leaves nothing that runs; each copy is a record', async () => {
    await rig.use({ access: { services: [web] } });
    const { ssh } = await enter(rig, 'web');
    await new Promise<void>((resolve, reject) =>
      ssh.exec('scp -t /www/half', (error, channel) => {
        if (error) return reject(error);
        channel
          .on('error', () => {})
          .once('data', () => {
            channel.write('C0644 1000000 half\n');
            channel.once('data', () => {
              channel.write('x'.repeat(1000));
              resolve();
            });
          });
      }),
    );
    ssh.destroy();
    await eventually(() => rig.noted.some(({ fields }) => fields?.cut === 'the person is gone'));
    let left = 'cat';
    for (let tries = 0; tries < 50 && left !== '0\n'; tries += 1) {
      left = await shell('ps | busybox grep -v grep | busybox grep -c "cat"');
      if (left !== '0\n') await wait(100);
    }
    assert.equal(left, '0\n');
    assert.ok(rig.noted.some(({ text }) => text.includes('scp -t /www/half in shop.web')));
  });
});
