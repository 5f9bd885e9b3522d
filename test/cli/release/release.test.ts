import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeTogether } from '../../../cli/desk/write-together.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { imageManifest, pushIndex, sha256 } from '../../rig/pushed-images.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

describe('towline release', () => {
  let registry: Registry;
  before(async () => {
    registry = await startRegistry();
  });
  after(() => registry.stop());

  test('pins each service to the digest of the index at a real registry, and assigns the release', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const web = await pushIndex(registry.address, 'hello/web', '1.1.0');
    const worker = await pushIndex(registry.address, 'hello/worker', '1.1.0');
    const args = ['release', 'hello', '1.1.0', '--repo', fleet.directory, '--assign', 'groups/canary.yaml'];
    const made = await towline(args);
    assert.equal(made.code, 0, made.errors);
    assert.match(
      made.output,
      /^SERVICE +IMAGE +DIGEST +PLATFORMS\nweb .* linux\/amd64 \d+ bytes, linux\/arm64 /,
    );
    const file = await readFile(path.join(fleet.directory, 'apps/hello/releases/1.1.0/release.yaml'), 'utf8');
    assert.ok(file.includes(web) && file.includes(worker));
    const checked = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(checked.code, 0, checked.output);
    const group = await readFile(path.join(fleet.directory, 'groups/canary.yaml'), 'utf8');
    assert.match(group, /^# yaml-language-server/);
    assert.match(group, /release: 1\.1\.0/);
    const again = await towline(args);
    assert.equal(again.code, 1);
    assert.match(again.errors, /^CLI_FILE_EXISTS /);
  });

  test('copies what git would take of the app, with its mode; what is edited afterwards changes no release', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    await pushIndex(registry.address, 'hello/web', '3.0.0');
    await pushIndex(registry.address, 'hello/worker', '3.0.0');
    const at = (name: string) => path.join(fleet.directory, 'apps/hello', name);
    await writeFile(at('hook.sh'), '#!/bin/sh\n');
    await chmod(at('hook.sh'), 0o755);
    await writeFile(at('.gitignore'), 'scratch\n');
    await writeFile(at('scratch'), 'nobody else has it\n');
    const made = await towline(['release', 'hello', '3.0.0', '--repo', fleet.directory, '--json']);
    assert.equal(made.code, 0, made.errors);
    assert.equal(JSON.parse(made.output).folder, 'apps/hello/releases/3.0.0');
    const listed = await fleet.git('ls-files', '-o', 'apps/hello/releases');
    assert.deepEqual(
      listed.trim().split('\n'),
      ['.gitignore', 'app.yaml', 'compose.yaml', 'config/page.conf', 'hook.sh', 'release.yaml'].map(
        name => `apps/hello/releases/3.0.0/${name}`,
      ),
    );
    assert.equal((await stat(at('releases/3.0.0/hook.sh'))).mode & 0o777, 0o755);
    assert.equal(
      await readFile(at('releases/3.0.0/compose.yaml'), 'utf8'),
      await readFile(at('compose.yaml'), 'utf8'),
    );
    const again = await towline(['release', 'hello', '3.0.0', '--repo', fleet.directory]);
    assert.match(
      again.errors,
      /^CLI_FILE_EXISTS release 3\.0\.0 is there already, and a release does not change/,
    );
  });

  test('names the image that is not there, and writes nothing', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const made = await towline(['release', 'hello', '7.0.0', '--repo', fleet.directory]);
    assert.equal(made.code, 1);
    assert.match(made.errors, /^CLI_REGISTRY_REFUSED .*hello\/web:7\.0\.0: there is no such image/);
    assert.ok(!existsSync(path.join(fleet.directory, 'apps/hello/releases')));
  });

  test('says that a registry is not reachable with an exit code of its own', async () => {
    await using fleet = await makeFleet(['--registry', '127.0.0.1:1']);
    const made = await towline(['release', 'hello', '7.0.0', '--repo', fleet.directory]);
    assert.equal(made.code, 6);
    assert.match(made.errors, /^CLI_REGISTRY_UNREACHABLE 127\.0\.0\.1:1: /);
  });

  test('writes nothing unless all can be written: where a file to assign it in is not there, is no such file, or cannot be written', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    await pushIndex(registry.address, 'hello/web', '8.0.0');
    await pushIndex(registry.address, 'hello/worker', '8.0.0');
    await fleet.write('groups/flat.yaml', 'apps: none\n');
    await mkdir(path.join(fleet.directory, 'groups/folder.yaml'));
    const before = await fleet.git('status', '--porcelain', '-uall');
    for (const [file, said] of [
      ['groups/nobody.yaml', /^FLEET_FILE_MISSING /],
      ['groups/flat.yaml', /^FLEET_SCHEMA .*flat\.yaml/],
      ['groups/folder.yaml', /^FLEET_FILE_MISSING /],
      ['README.md', /^CLI_USAGE --assign README\.md assigns no apps/],
      ['../elsewhere.yaml', /^CLI_USAGE .* is outside the repository/],
    ] as const) {
      const assign = ['--assign', 'groups/canary.yaml', '--assign', file];
      const made = await towline(['release', 'hello', '8.0.0', '--repo', fleet.directory, ...assign]);
      assert.notEqual(made.code, 0);
      assert.match(made.errors, said);
      assert.equal(await fleet.git('status', '--porcelain', '-uall'), before, file);
    }
  });

  test('takes back what it wrote where a disk refuses the rest', async () => {
    await using fleet = await makeFleet();
    const file = (name: string) => path.join(fleet.directory, name);
    const old = await readFile(file('fleet.yaml'), 'utf8');
    const texts = [
      [file('fleet.yaml'), 'new'],
      [file('made.yaml'), 'new'],
      [file('fleet.yaml/below.yaml'), 'a file is no folder'],
    ] as const;
    await assert.rejects(writeTogether(new Map(texts)));
    assert.equal(await readFile(file('fleet.yaml'), 'utf8'), old);
    await assert.rejects(readFile(file('made.yaml')));
  });

  test('refuses an app that has no Compose file', async () => {
    await using fleet = await makeFleet();
    await fleet.git('rm', '--quiet', 'apps/hello/compose.yaml');
    const made = await towline(['release', 'hello', '2', '--repo', fleet.directory]);
    assert.equal(made.code, 1);
    assert.match(made.errors, /^FLEET_APP_UNKNOWN there is no apps\/hello\/compose\.yaml/);
  });
});

describe('a registry that asks who is there', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64' });
  const manifest = JSON.stringify(imageManifest(config));

  async function serve(
    answer: (
      authorization: string,
      url: string,
    ) => { status: number; body: string; headers?: Record<string, string> },
  ) {
    const server = createServer((request, response) => {
      const { status, body, headers = {} } = answer(request.headers.authorization ?? '', request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      address,
      [Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(() => resolve())),
    };
  }

  test('gets a token for the credentials of docker login, and then the token', async () => {
    const asked: string[] = [];
    let self = '';
    await using server = await serve((authorization, url) => {
      asked.push(`${url} ${authorization}`);
      if (url.startsWith('/token')) return { status: 200, body: JSON.stringify({ token: 'secret-token' }) };
      if (authorization === 'Bearer secret-token')
        return { status: 200, body: url.includes('/blobs/') ? config : manifest };
      const challenge = `Bearer realm="http://${self}/token",service="registry",scope="repository:hello/web:pull"`;
      return { status: 401, body: '', headers: { 'www-authenticate': challenge } };
    });
    self = server.address;
    await using fleet = await makeFleet(['--registry', server.address]);
    const auth = Buffer.from('alice:pass:word').toString('base64');
    await writeFile(
      path.join(fleet.folder, 'config.json'),
      JSON.stringify({ auths: { [server.address]: { auth } } }),
    );
    const made = await towline(['release', 'hello', '2.0.0', '--repo', fleet.directory], {
      DOCKER_CONFIG: fleet.folder,
    });
    assert.equal(made.code, 0, made.errors);
    assert.ok(
      asked.includes(`/token?service=registry&scope=repository%3Ahello%2Fweb%3Apull Basic ${auth}`),
      asked.join('\n'),
    );
    assert.ok(
      (await readFile(path.join(fleet.directory, 'apps/hello/releases/2.0.0/release.yaml'), 'utf8')).includes(
        sha256(manifest),
      ),
    );
  });

  test('is not believed when it says another digest than its manifest has', async () => {
    await using server = await serve(() => ({
      status: 200,
      body: manifest,
      headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
    }));
    await using fleet = await makeFleet(['--registry', server.address]);
    const made = await towline(['release', 'hello', '2.0.0', '--repo', fleet.directory]);
    assert.equal(made.code, 1);
    assert.match(made.errors, /^CLI_REGISTRY_ANSWER /);
  });

  test('that answers without end is cut off', async () => {
    await using server = await serve(() => ({ status: 200, body: 'x'.repeat(5 * 1024 * 1024) }));
    await using fleet = await makeFleet(['--registry', server.address]);
    const made = await towline(['release', 'hello', '2.0.0', '--repo', fleet.directory]);
    assert.equal(made.code, 1);
    assert.match(made.errors, /^CLI_REGISTRY_ANSWER .*over 4194304 bytes/);
  });
});
