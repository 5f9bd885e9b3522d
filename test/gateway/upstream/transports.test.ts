import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { makeDeviceKeys } from '../../../core/io/device-keys.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { startSshd } from '../../../lab/rig/sshd.ts';
import { git, gitEnvironment } from '../rig/gateway.ts';
import { ForgeRig } from './rig.ts';

test('over ssh with a known host: fetched, and status pushed back', async () => {
  await using rig = new ForgeRig();
  const sshd = await startSshd();
  try {
    const knownHostsFile = join(rig.folder, 'known_hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    const url = `ssh://${sshd.user}@127.0.0.1:${sshd.port}${rig.forge}`;
    const service = await rig.open({ url, sshKeyFile: sshd.identity, knownHostsFile, pushStatus: true });
    const second = rig.commit('second');
    const status = rig.commit('status', { repository: rig.telemetryGit, branch: 'fleet-status' });
    const state = await rig.look(service);
    assert.equal(state.trouble, undefined, state.trouble?.message);
    assert.equal(state.pushTrouble, undefined);
    assert.equal(rig.head(), second);
    assert.equal(rig.head(rig.forge, 'refs/heads/fleet-status'), status);
  } finally {
    await sshd.stop();
  }
});

test('over ssh a host key that is not in the file, or is another, ends it; so does a key that is not let in', async () => {
  await using rig = new ForgeRig();
  const sshd = await startSshd();
  try {
    rig.commit('second');
    const knownHostsFile = join(rig.folder, 'known_hosts');
    const url = `ssh://${sshd.user}@127.0.0.1:${sshd.port}${rig.forge}`;
    const other = join(rig.folder, 'other');
    await makeKeyFile(other);
    const otherKey = readFileSync(`${other}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    const known = `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`;
    for (const [hosts, sshKeyFile] of [
      ['', sshd.identity],
      [`[127.0.0.1]:${sshd.port} ${otherKey}\n`, sshd.identity],
      [known, other],
    ] as const) {
      writeFileSync(knownHostsFile, hosts);
      const { trouble } = await rig.look(await rig.open({ url, sshKeyFile, knownHostsFile }));
      assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE', trouble?.message);
      assert.equal(readFileSync(knownHostsFile, 'utf8'), hosts);
      assert.equal(rig.head(), rig.anchor);
    }
  } finally {
    await sshd.stop();
  }
});

const token = 'token-of-the-forge';

/** git's own HTTP server behind TLS and a password: what a forge is, for our purposes. */
class HttpsForge implements AsyncDisposable {
  readonly seen: string[] = [];
  readonly caFile: string;
  readonly #server: Server;
  answer: 'git' | 'garbage' | 'redirect' | 'silence' | 'endless' = 'git';
  elsewhere = '';

  constructor(rig: ForgeRig) {
    const keys = makeDeviceKeys('localhost');
    this.caFile = join(rig.folder, 'ca.pem');
    writeFileSync(this.caFile, keys.tlsCertificate);
    git(['config', 'http.receivepack', 'true'], { cwd: rig.forge });
    this.#server = createServer({ key: keys.tlsKey, cert: keys.tlsCertificate }, (request, response) => {
      const authorization = request.headers.authorization;
      this.seen.push(authorization ?? '-');
      if (this.answer === 'silence') return;
      if (this.answer === 'redirect') {
        response.writeHead(302, { location: `${this.elsewhere}${request.url}` }).end();
        return;
      }
      if (authorization !== `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="forge"' }).end();
        return;
      }
      if (this.answer === 'garbage') {
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<html>we are down for maintenance</html>');
        return;
      }
      if (this.answer === 'endless') {
        pourRefs(response);
        return;
      }
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const child = spawn('git', ['http-backend'], {
        env: {
          ...gitEnvironment,
          GIT_PROJECT_ROOT: rig.folder,
          GIT_HTTP_EXPORT_ALL: '1',
          PATH_INFO: path,
          QUERY_STRING: query,
          REQUEST_METHOD: request.method ?? 'GET',
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
          REMOTE_USER: 'bot',
        },
      });
      request.pipe(child.stdin).on('error', () => undefined);
      void collect(child).then(bytes => {
        const end = bytes.indexOf('\r\n\r\n');
        const headers = bytes.subarray(0, end).toString('latin1').split('\r\n');
        for (const line of headers) {
          const [name = '', value = ''] = line.split(': ');
          if (name === 'Status') response.statusCode = Number(value.split(' ')[0]);
          else response.setHeader(name, value);
        }
        response.end(bytes.subarray(end + 4));
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The old protocol's list of refs, without an end, no faster than it is read. */
function pourRefs(response: ServerResponse): void {
  const packet = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
  response.write(`${packet('# service=git-upload-pack\n')}0000`);
  response.write(packet(`${'1'.repeat(40)} HEAD\0side-band-64k ofs-delta\n`));
  let number = 0;
  const more = () =>
    Array.from({ length: 2000 }, () =>
      packet(`${'1'.repeat(40)} refs/heads/${'x'.repeat(120)}${number++}\n`),
    );
  const write = (): void => {
    while (!response.destroyed && response.write(more().join('')));
  };
  response.on('drain', write);
  write();
}

/** Resident memory of the processes whose command line has this word, the most that was ever seen, bytes. */
function watchMemory(word: string): { most: () => number; stop: () => void } {
  let most = 0;
  const look = () => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)) continue;
        const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        most = Math.max(most, Number(kib ?? 0) * 1024);
      } catch {
        // It ended in the meantime.
      }
    }
  };
  const timer = setInterval(look, 50);
  return { most: () => most, stop: () => clearInterval(timer) };
}

async function collect(child: ChildProcess): Promise<Buffer> {
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => pieces.push(chunk));
  await once(child, 'close');
  return Buffer.concat(pieces);
}

test('over https with a token: fetched, and status pushed back; without it, or with another, it is a condition', async () => {
  await using rig = new ForgeRig();
  await using forge = new HttpsForge(rig);
  const url = `${await forge.listen()}/forge.git`;
  const { caFile } = forge;
  const tokenFile = join(rig.folder, 'token');
  writeFileSync(tokenFile, `${token}\n`);
  const second = rig.commit('second');
  for (const file of [{ caFile }, { tokenFile }]) {
    const { trouble } = await rig.look(await rig.open({ url, ...file }));
    assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE', trouble?.message);
  }
  const service = await rig.open({ url, tokenFile, caFile, pushStatus: true });
  const status = rig.commit('status', { repository: rig.telemetryGit, branch: 'fleet-status' });
  const state = await rig.look(service);
  assert.equal(state.trouble, undefined, state.trouble?.message);
  assert.equal(state.pushTrouble, undefined, state.pushTrouble?.message);
  assert.equal(rig.head(), second);
  assert.equal(rig.head(rig.forge, 'refs/heads/fleet-status'), status);

  writeFileSync(tokenFile, 'wrong');
  const { trouble } = await rig.look(service);
  assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE');
  assert.ok(!JSON.stringify(trouble).includes('wrong'));
});

test('a forge that redirects is not followed: the token goes nowhere else', async () => {
  await using rig = new ForgeRig();
  await using forge = new HttpsForge(rig);
  await using other = new HttpsForge(rig);
  const tokenFile = join(rig.folder, 'token');
  writeFileSync(tokenFile, token);
  const url = `${await forge.listen()}/forge.git`;
  forge.answer = 'redirect';
  forge.elsewhere = await other.listen();
  rig.commit('second');
  const { trouble } = await rig.look(await rig.open({ url, tokenFile, caFile: forge.caFile }));
  assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE', trouble?.message);
  assert.deepEqual(other.seen, []);
  assert.equal(rig.head(), rig.anchor);
});

test('a page for people in the place of git, and a forge that falls silent, leave main as it is', async () => {
  await using rig = new ForgeRig();
  await using forge = new HttpsForge(rig);
  const tokenFile = join(rig.folder, 'token');
  writeFileSync(tokenFile, token);
  const url = `${await forge.listen()}/forge.git`;
  const service = await rig.open({ url, tokenFile, caFile: forge.caFile, timeout: '3s' });
  const second = rig.commit('second');
  for (const answer of ['garbage', 'silence'] as const) {
    forge.answer = answer;
    assert.notEqual((await rig.look(service)).trouble, undefined);
    assert.equal(rig.head(), rig.anchor);
  }
  forge.answer = 'git';
  const state = await rig.look(service);
  assert.equal(state.trouble, undefined, state.trouble?.message);
  assert.equal(rig.head(), second);
});

test('a forge whose refs do not end is cut off by the memory that git may have, and main stays as it is', async () => {
  await using rig = new ForgeRig();
  await using forge = new HttpsForge(rig);
  const tokenFile = join(rig.folder, 'token');
  writeFileSync(tokenFile, token);
  const url = `${await forge.listen()}/forge.git`;
  forge.answer = 'endless';
  const memory = watchMemory(url);
  const { trouble } = await rig.look(await rig.open({ url, tokenFile, caFile: forge.caFile }));
  memory.stop();
  assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_GARBAGE', trouble?.message);
  assert.match(trouble.message, /memory/);
  assert.equal(rig.head(), rig.anchor);
  const mebibytes = memory.most() / 1024 / 1024;
  assert.ok(mebibytes > 20 && mebibytes < 160, `${mebibytes} MiB`);
});

test('no process is left of an exchange that was cut off, whatever the forge holds open', async () => {
  await using rig = new ForgeRig();
  await using forge = new HttpsForge(rig);
  const sshd = await startSshd();
  try {
    const url = `${await forge.listen()}/forge.git`;
    forge.answer = 'silence';
    const { trouble } = await rig.look(await rig.open({ url, caFile: forge.caFile, timeout: '2s' }));
    assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE', trouble?.message);
    // The far end of ssh is held open by a pipe that never says anything.
    git(['init', '-q', '--bare', join(rig.folder, 'held.git')]);
    const held = join(rig.folder, 'held.git', 'HEAD');
    rmSync(held);
    execFileSync('mkfifo', [held]);
    const knownHostsFile = join(rig.folder, 'known_hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    const ssh = `ssh://${sshd.user}@127.0.0.1:${sshd.port}${join(rig.folder, 'held.git')}`;
    const state = await rig.look(
      await rig.open({ url: ssh, sshKeyFile: sshd.identity, knownHostsFile, timeout: '3s' }),
    );
    assert.equal(state.trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE', state.trouble?.message);
    await wait(500);
    const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter(line => line.includes(url) || line.includes(`-i ${sshd.identity}`));
    assert.deepEqual(left, []);
    // Lets go of what waits at the far end.
    closeSync(openSync(held, 'r+'));
  } finally {
    await sshd.stop();
  }
});

test('nothing of the machine is asked: no configuration, no helper, no hook of the environment', async () => {
  await using rig = new ForgeRig();
  const marker = join(rig.folder, 'marker');
  const script = join(rig.folder, 'script');
  writeFileSync(script, `#!/bin/sh\ntouch ${marker}\nexit 1\n`, { mode: 0o755 });
  const before = { ...process.env };
  Object.assign(process.env, {
    GIT_SSH: script,
    GIT_SSH_COMMAND: script,
    GIT_PROXY_COMMAND: script,
    GIT_ASKPASS: script,
  });
  Object.assign(process.env, { GIT_DIR: '/nonexistent', GIT_EXTERNAL_DIFF: script, GIT_EDITOR: script });
  try {
    const second = rig.commit('second');
    const state = await rig.look(await rig.open());
    assert.equal(state.trouble, undefined, state.trouble?.message);
    assert.equal(rig.head(), second);
    assert.ok(!existsSync(marker));
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
});
