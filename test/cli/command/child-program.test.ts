import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { formatToken } from '../../../core/enrolment/token.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { tlsPin } from '../../../core/io/https/tls-pins.ts';
import { makeFleet } from '../fleet.ts';
import { temporaryFolder, towlineProcess as towline } from '../towline.ts';

const command = path.resolve(import.meta.dirname, '../../../bin/towline');

/** A gateway that lets every device wait for its acceptance. */
async function startWaitingRoom() {
  const keys = makeDeviceKeys('gateway');
  const server = createServer(
    { key: keys.tlsKey, cert: keys.tlsCertificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      request.resume();
      request.once('end', () => response.end('{"state":"waiting"}'));
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const token = formatToken({
    fleet: 'acme',
    device: 'pump-17',
    gateways: [
      {
        address: `127.0.0.1:${port}`,
        tlsPins: [tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'))],
        sshHostKeys: [sshPublicKey(keys)],
      },
    ],
    anchor: 'a'.repeat(40),
    oneTimeKey: generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
    expiresMs: Date.now() + 3_600_000,
  });
  return {
    token,
    stop: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

describe('towline agent enroll, while it waits', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let gateway: Awaited<ReturnType<typeof startWaitingRoom>>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    gateway = await startWaitingRoom();
  });
  afterEach(async () => {
    await gateway.stop();
    await folder.remove();
  });

  const place = () => [
    '--state-directory',
    path.join(folder.path, 'state'),
    '--config',
    path.join(folder.path, 'agent.yaml'),
  ];

  /** Starts it, at a terminal or without one, and waits for the fingerprint. */
  async function waiting(terminal: boolean) {
    const words = [command, 'agent', 'enroll', gateway.token, ...place()];
    const [program = '', ...args] = terminal
      ? ['script', '--quiet', '--return', '--command', words.join(' '), '/dev/null']
      : words;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (output.includes('towline device accept pump-17')) resolve();
      });
      void ended.then(() => reject(new Error(`it ended before: ${errors}`)));
    });
    return { child, ended, output: () => output, errors: () => errors };
  }

  test('Ctrl-C ends it with 130 and says that the same command goes on; it does, with the same keys', async () => {
    const { child, ended, output } = await waiting(true);
    child.stdin.write('\u0003');
    assert.deepEqual(await ended, [130, null]);
    assert.match(output(), /^(\^C)?stopped; the same command goes on from here\r\n$/m);
    const again = await towline(['agent', 'enroll', gateway.token, '--no-wait', ...place()]);
    assert.equal(again.code, 0, again.errors);
    assert.match(again.output, /^fingerprint {2}/m);
  });

  test('a signal to the command alone reaches the program, as a service manager gives it', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, ended, errors } = await waiting(false);
      child.kill(signal);
      assert.deepEqual(await ended, [130, null]);
      assert.match(errors(), /^stopped; the same command goes on from here$/m);
    }
  });

  test('a gateway that does not answer is exit code 6', async () => {
    await gateway.stop();
    const { code, errors } = await towline(['agent', 'enroll', gateway.token, ...place()]);
    assert.equal(code, 6);
    assert.match(errors, /^AGENT_GATEWAY_UNREACHABLE /);
  });
});

describe('towline gateway', () => {
  test("drains and ends with 0, also when its whole group gets the signal, as from a shell's kill", async () => {
    await using fleet = await makeFleet();
    const config = path.join(fleet.folder, 'gateway/gateway.yaml');
    const listen = ['devices', 'people', 'internal'].flatMap(port => [`--listen-${port}`, '127.0.0.1:0']);
    const state = ['--state-directory', path.join(fleet.folder, 'gateway'), '--config', config];
    const address = ['--address', '127.0.0.1:8443', '--repo', fleet.directory];
    assert.equal((await towline(['gateway', 'init', ...address, ...state, ...listen])).code, 0);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = spawn(command, ['gateway', '--config', config], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
      let log = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          log += chunk.toString('utf8');
          if (log.includes('gateway is up')) resolve();
        });
        void ended.then(() => reject(new Error(`it ended before: ${log}`)));
      });
      process.kill(-(child.pid ?? 0), signal);
      assert.deepEqual(await ended, [0, null], log);
      assert.match(log, /gateway ended/);
    }
  });

  test('gives back the exit code of its program', async () => {
    const { code, errors } = await towline(['gateway', '--config', '/nonexistent/gateway.yaml']);
    assert.equal(code, 2, errors);
  });
});
