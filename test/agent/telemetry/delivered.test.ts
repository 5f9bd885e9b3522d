/** A real agent, its engine and a gateway of sorts: what apps say arrives, through kills, and no secret of the device with it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readSegment } from '../../../core/telemetry/record/segment.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';

const run = promisify(execFile);
const proxyPassword = 'proxy-pass-7f3a';
let rig: AgentRig;
let proxy: http.Server;
let branch: string;

/** Lets through whoever knows the password. */
async function startProxy(): Promise<http.Server> {
  const server = http.createServer();
  const expected = `Basic ${Buffer.from(`device:${proxyPassword}`).toString('base64')}`;
  server.on('connect', (request, client: net.Socket) => {
    client.on('error', () => {});
    if (request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 No\r\n\r\n');
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const to = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      to.pipe(client).pipe(to);
    });
    to.on('error', () => client.destroy());
    client.on('close', () => to.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

before(async () => {
  rig = await AgentRig.start();
  branch = `refs/heads/telemetry/${rig.device}`;
  proxy = await startProxy();
  const { port } = proxy.address() as AddressInfo;
  await appendFile(rig.configFile, `proxy: http://device:${proxyPassword}@127.0.0.1:${port}\n`);
});
after(async () => {
  await rig[Symbol.asyncDispose]();
  proxy.closeAllConnections();
  await new Promise(resolve => proxy.close(resolve));
});

async function until(holds: () => Promise<boolean>, said: () => string): Promise<void> {
  const end = performance.now() + 90_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `it does not come about\n${said().slice(-2_000)}`);
    await delay(200);
  }
}

const blobs = new Map<string, Buffer>();

async function blob(id: string): Promise<Buffer> {
  const known = blobs.get(id);
  if (known !== undefined) return known;
  const at = { encoding: 'buffer' as const, cwd: rig.telemetry.path };
  const { stdout } = await run('git', ['cat-file', 'blob', id], at);
  blobs.set(id, stdout);
  return stdout;
}

/** All that was ever pushed, unpacked. */
async function pushed(): Promise<{ text: string; lines: Map<string, string>; contradictions: number }> {
  const lines = new Map<string, string>();
  let text = await rig.telemetry.git(['log', '--format=%B', branch]).catch(() => '');
  let contradictions = 0;
  const objects = await rig.telemetry.git(['rev-list', '--objects', branch]).catch(() => '');
  for (const [, id = '', at = ''] of objects.matchAll(/^([0-9a-f]{40}) (\S+\.(?:gz|yaml))$/gm)) {
    const stdout = await blob(id);
    if (at.endsWith('.yaml')) text += stdout.toString();
    if (!at.startsWith('logs/')) continue;
    for (const record of readSegment(stdout).records) {
      text += `${JSON.stringify(record)}\n`;
      if (record.kind !== 'log' || record.fields?.lastWords === true) continue;
      const key = `${path.basename(at).slice(0, 12)}/${record.sequence}`;
      if ((lines.get(key) ?? record.text) !== record.text) contradictions += 1;
      lines.set(key, record.text);
    }
  }
  return { text, lines, contradictions };
}

/** Numbers that the worker has counted and that have come, in a row from the first. */
const numbers = (lines: ReadonlyMap<string, string>, word: string) =>
  [...lines.values()].flatMap(line => (line.startsWith(`${word} `) ? [Number(line.split(' ')[1])] : []));

test('an agent that is killed again and again: every line arrives, under one id each', async () => {
  const script = 'i=0; while [ $$i -lt 100000 ]; do echo "count $$i"; i=$$((i+1)); sleep 0.05; done';
  await rig.release('1.0', rig.images.one, {
    command: ['/bin/sh', '-c', script],
    healthcheck: { disable: true },
  });
  let logs = '';
  for (let life = 0; life < 3; life += 1) {
    const agent = rig.run([]);
    const before = (await pushed()).lines.size;
    await until(async () => {
      rig.server.ask();
      return (await pushed()).lines.size > before + 15;
    }, agent.log);
    // In the middle of whatever it is about: to read, to put, to push.
    for (let times = 0; times < 3; times += 1) rig.server.ask();
    await delay(life * 13);
    agent.child.kill(life === 2 ? 'SIGTERM' : 'SIGKILL');
    await agent.ended;
    logs += agent.log();
  }
  const { lines, text, contradictions } = await pushed();
  assert.equal(contradictions, 0);
  const counted = numbers(lines, 'count').sort((a, b) => a - b);
  assert.ok(counted.length > 40, `${counted.length} lines`);
  assert.deepEqual(
    counted,
    counted.map((_, at) => at),
    'each once, none is missing',
  );
  await noSecretIn(`${text}${logs}`);
});

/** Of the device: its keys, and the password of its proxy. What an app prints is its own. */
async function noSecretIn(text: string): Promise<void> {
  const spool = path.join(rig.stateDirectory, 'telemetry');
  const kept = await readdir(spool, { recursive: true, withFileTypes: true });
  let all = text;
  for (const file of kept)
    if (file.isFile()) all += await readFile(path.join(file.parentPath, file.name), 'latin1');
  const secrets = [proxyPassword, Buffer.from(`device:${proxyPassword}`).toString('base64')];
  const keys = path.join(rig.stateDirectory, 'keys');
  for (const name of await readdir(keys)) {
    const key = await readFile(path.join(keys, name), 'utf8');
    if (key.includes('PRIVATE')) secrets.push(...key.split('\n').filter(line => /^[\w+/=]{20,}$/.test(line)));
  }
  assert.ok(secrets.length > 6, `${secrets.length} secrets are looked for`);
  for (const secret of secrets) assert.ok(!all.includes(secret), secret);
}
