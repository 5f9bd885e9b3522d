/** The line and what it fetches: nothing of what a gateway serves is run, looked at or left behind before its hash fits. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import { installLine } from '../../../core/install/install-line.ts';
import { findCommand, requireCommands } from '../../../lab/machine/packages.ts';
import { honest, PartServer } from './part-server.ts';
import { runBeside, runsOn, StandIn, type Version, versionsOn } from './stand-in.ts';

const portOf = (server: Server): number => {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('it does not listen');
  return at.port;
};

describe('an install line', () => {
  let made: StandIn;
  let server: PartServer;
  let one: Version;
  /** A folder with no curl in it. */
  let withoutCurl: string;
  let roots = 0;
  const newRoot = () => made.root(`root-${++roots}`);
  const lineFor = (root: string, ...options: string[]) =>
    installLine({
      sha256: one.sha256,
      gateways: [server.address],
      options: ['--root', root, '--tries', '1', ...options],
    });
  const serve = (version: Version) => {
    server.bytes.clear();
    for (const sha256 of [version.sha256, ...version.parts.values()])
      server.bytes.set(sha256, made.part(sha256));
  };
  const fetching = (root: string, ...words: string[]) =>
    runBeside('sh', [made.script(one), '--from', server.url, '--root', root, '--tries', '1', ...words]);

  before(async () => {
    requireCommands(['systemd-sysusers', 'systemctl', 'curl', 'wget', 'busybox']);
    made = new StandIn();
    server = await PartServer.start();
    one = made.version('one', { padding: randomBytes(300_000) });
    withoutCurl = path.join(made.folder, 'without-curl');
    mkdirSync(withoutCurl);
    const needed = [
      'sh',
      'tar',
      'gzip',
      'sha256sum',
      'od',
      'systemd-sysusers',
      'systemctl',
      'mktemp',
      'sed',
      'tr',
      'head',
      'ls',
    ];
    for (const name of [
      ...needed,
      ...['rm', 'id', 'wc', 'cp', 'mv', 'ln', 'mkdir', 'chmod', 'chown', 'grep', 'cat', 'sync'],
    ])
      symlinkSync(findCommand(name) ?? '', path.join(withoutCurl, name));
    for (const name of ['readlink', 'sleep', 'uname', 'wget'])
      symlinkSync(findCommand(name) ?? '', path.join(withoutCurl, name));
  });
  beforeEach(() => {
    server.answer = honest;
    server.asked.length = 0;
    serve(one);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    made[Symbol.dispose]();
  });

  for (const [shell, words] of [
    ['dash', ['-c']],
    ['bash', ['-c']],
    ['busybox', ['ash', '-c']],
  ] as const)
    test(`typed into ${shell} it fetches the script and its parts by their hashes, and what was put there runs`, async () => {
      const root = newRoot();
      const temporary = path.join(made.folder, 'a folder for temporary files');
      mkdirSync(temporary, { recursive: true });
      writeFileSync(path.join(made.folder, 'a'), 'what stands before the space');
      const environment = { TMPDIR: temporary };
      const done = await runBeside(shell, [...words, lineFor(root)], { environment });
      assert.equal(done.status, 0, done.stderr);
      assert.deepEqual(readdirSync(temporary), []);
      assert.ok(existsSync(path.join(made.folder, 'a')));
      assert.match(done.stdout, /^i: OK\nInstalled one\./);
      assert.equal(runsOn(root), 'one');
      assert.equal(server.asked.length, 3);
      assert.ok(!existsSync(path.join(root, 'var/cache/towline-install')));
    });

  test('of several gateways the first that answers is taken; without curl it takes wget', async () => {
    const root = newRoot();
    const gateways = ['127.0.0.1:1', server.address];
    const line = installLine({ sha256: one.sha256, gateways, options: ['--root', root] });
    const environment = { PATH: withoutCurl, https_proxy: '' };
    // The script looks beyond the PATH that it is given: curl hides behind the name of nothing.
    const script = Buffer.from(one.script.toString().replace(/\$\{PATH:\+\$PATH:\}\S*/, () => '$PATH'));
    assert.ok(script.length < one.script.length);
    writeFileSync(path.join(made.folder, 'narrow.sh'), script);
    const fetched = await runBeside('sh', ['-c', line.replace(/; sh i .*/, "'")], { environment });
    assert.equal(fetched.status, 0, fetched.stderr);
    const from = gateways.flatMap(gateway => ['--from', `https://${gateway}`]);
    const done = await runBeside(
      'sh',
      [path.join(made.folder, 'narrow.sh'), ...from, '--root', root, '--tries', '1'],
      { environment },
    );
    assert.equal(done.status, 0, done.stderr);
    assert.equal(runsOn(root), 'one');
  });

  test('another script under its name is not run', async () => {
    const root = newRoot();
    const marker = path.join(made.folder, 'was-run');
    server.bytes.set(one.sha256, Buffer.from(`#!/bin/sh\ntouch ${marker}\n`));
    const done = await runBeside('sh', ['-c', lineFor(root)]);
    assert.notEqual(done.status, 0);
    assert.match(done.stdout, /^i: FAILED/);
    assert.ok(!existsSync(marker) && !existsSync(path.join(root, 'usr/lib')));
  });

  test('half a script does nothing, wherever it was cut', async () => {
    const root = newRoot();
    for (const share of [0.3, 0.7, 0.999]) {
      const half = path.join(made.folder, 'half.sh');
      writeFileSync(half, one.script.subarray(0, Math.floor(one.script.length * share)));
      await runBeside('sh', [half, '--from', server.url, '--root', root]);
      assert.ok(!existsSync(path.join(root, 'usr/lib')), `${share}`);
    }
  });

  test('other parts under their names are refused before anything of them is looked at', async () => {
    const root = newRoot();
    const [agent = ''] = [one.parts.get('agent')];
    const other = made.version('evil');
    for (const bytes of [made.part(other.parts.get('agent') ?? ''), randomBytes(made.part(agent).length)]) {
      server.bytes.set(agent, bytes);
      const done = await fetching(root);
      assert.ok(done.status === 4 || done.status === 3, `${done.status} ${done.stderr}`);
      assert.match(done.stderr, /nothing was (installed|changed)/);
      assert.ok(!existsSync(path.join(root, 'usr/lib')));
    }
    // One that does not end is cut where the part would.
    server.answer = (_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', more);
      };
      more();
    };
    assert.ok([3, 4].includes((await fetching(root)).status ?? 0));
    assert.ok(!existsSync(path.join(root, 'usr/lib')));
  });

  test('a download that breaks off is gone on with: in the same run, and by the next', async () => {
    const root = newRoot();
    let cuts = 3;
    server.answer = (request, response, bytes) => {
      if (bytes === undefined || bytes.length < 100_000 || cuts === 0)
        return honest(request, response, bytes);
      cuts -= 1;
      const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      const headers = { 'content-length': bytes.length - start, 'content-range': `bytes ${start}-*/*` };
      response.writeHead(start === 0 ? 200 : 206, headers);
      response.write(bytes.subarray(start, start + 70_000), () => {
        if (cuts === 0) server.bytes.delete(one.parts.get('agent') ?? '');
        response.socket?.end();
      });
    };
    const first = await fetching(root);
    assert.equal(first.status, 3, first.stderr);
    assert.match(first.stderr, /goes on where this ended/);
    assert.equal(runsOn(root), undefined);
    const ranges = server.asked.filter(line => line.includes(' '));
    assert.ok(ranges.length >= 2, server.asked.join());
    serve(one);
    server.asked.length = 0;
    const second = await fetching(root);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(runsOn(root), 'one');
    // What was there whole is not asked for again, and the other from where it ended.
    assert.equal(server.asked.length, 1);
    assert.match(server.asked[0] ?? '', / bytes=\d{5,}-/);
  });

  test('a redirect is not followed, least of all to plain HTTP', async () => {
    const root = newRoot();
    let plain = 0;
    const listener = createServer((_request, response) => {
      plain += 1;
      response.end(made.part(one.parts.get('agent') ?? ''));
    });
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
    server.answer = (request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${portOf(listener)}${request.url}` }).end('gone');
    };
    try {
      const line = await runBeside('sh', ['-c', lineFor(root)]);
      assert.notEqual(line.status, 0);
      assert.equal((await fetching(root)).status, 3);
    } finally {
      listener.close();
    }
    assert.equal(plain, 0);
    assert.ok(!existsSync(path.join(root, 'usr/lib')));
    for (const place of [
      'http://127.0.0.1:1',
      'ftp://example.com',
      "https://a'b",
      'https://a b',
      'https://a;b',
    ]) {
      const refused = made.run(one, ['--from', place, '--root', root]);
      assert.equal(refused.status, 2, place);
    }
  });

  test('goes through a proxy, whose password is in no argument', async () => {
    const root = newRoot();
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket, head) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const [host = '', port] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const environment = { https_proxy: `http://user:secret@127.0.0.1:${portOf(proxy)}`, no_proxy: '' };
    try {
      const done = await runBeside('sh', ['-c', lineFor(root, '--first-boot')], { environment });
      assert.equal(done.status, 0, done.stderr);
    } finally {
      proxy.close();
    }
    assert.equal(asked.length, 3);
    const credentials = Buffer.from('user:secret').toString('base64');
    assert.ok(
      asked.every(line => line === `${server.address} Basic ${credentials}`),
      asked.join(),
    );
    // The agent will need it, too.
    assert.match(
      readFileSync(path.join(root, 'var/lib/towline-first-boot/proxy'), 'utf8'),
      /^http:\/\/user:secret@/,
    );
  });

  test('holds no word that a shell would take for more', () => {
    const good = {
      sha256: one.sha256,
      gateways: ['gw.example.com:8443', '[::1]:8443'],
      options: ['--enroll'],
    };
    assert.match(installLine(good), /^sh -c '[^']*'$/);
    const hostile = [
      "gw';reboot;':1",
      'gw$(id):1',
      'gw`id`:1',
      'gw"x:1',
      'gw x:1',
      '-o:1',
      'gw:1\nid',
      'gw\\:1',
      'gw',
    ];
    for (const gateway of hostile)
      assert.throws(() => installLine({ ...good, gateways: [gateway] }), isTowlineError, gateway);
    for (const sha256 of ['', `${'a'.repeat(63)}'`, 'A'.repeat(64)])
      assert.throws(() => installLine({ ...good, sha256 }), isTowlineError);
    assert.throws(() => installLine({ ...good, options: ["--root '"] }), isTowlineError);
    assert.throws(() => installLine({ ...good, gateways: [] }), isTowlineError);
    assert.deepEqual(versionsOn('/nowhere'), []);
  });
});
