/** What apps say on a device, all the way: to the desk while it is said, and into a sink of the gateway, through kills of both. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import Docker from 'dockerode';
import { runAgent } from '../../lab/rig/agent-run.ts';
import { floodLines, id, password, place, shownPassword, TalkingFleet, token } from './talking-fleet.ts';

/** Of each core, by what else the machine does: that makes all of it slower. */
const load = () => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/logs.md'), 'utf8');
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('what apps say on a device', () => {
  let fleet: TalkingFleet;
  before(async () => {
    fleet = await TalkingFleet.start();
  });
  after(() => fleet?.[Symbol.asyncDispose]());

  test('a line is on the screen of `towline logs -f` within 5 s of being written', async () => {
    const { shown } = fleet;
    fleet.follow();
    // What was written while the session was made, and the agent was busy with its first pass, comes before.
    await fleet.until('lines', () => shown.some(({ afterMs }) => afterMs < 5000 * load()));
    const old = shown.length;
    await fleet.until('lines of three flushes', () => shown.length >= old + 45);
    const tookMs = shown.slice(old + 10).map(({ afterMs }) => afterMs);
    const slowest = Math.max(...tookMs);
    const mean = Math.round(tookMs.reduce((sum, ms) => sum + ms, 0) / tookMs.length);
    const figures = `${Math.min(...tookMs)}, mean ${mean}, at most ${slowest} ms; load ${load().toFixed(1)} a core`;
    process.stdout.write(`# shown after ${figures}\n`);
    assert.ok(slowest < 5000 * load(), `${slowest} ms\n${fleet.complaint}`);
  });

  test('a service with Docker’s syslog driver runs with rotated json-file; the next pass has nothing to do', async () => {
    const docker = new Docker({ socketPath: fleet.rig.engine.socket });
    const { HostConfig } = await docker.getContainer(await fleet.container('flooder')).inspect();
    assert.deepEqual(HostConfig.LogConfig, {
      Type: 'json-file',
      Config: { 'max-size': '10m', 'max-file': '3' },
    });
    const [{ stdout }, plan] = await Promise.all([
      runAgent(['now', '--config', fleet.rig.device(id).config]).ended,
      fleet.towline('plan', id),
    ]);
    assert.match(stdout, /The pass ended: unchanged\./);
    assert.match(plan, /nothing to do/);
  });

  test('a container that ends in a flood: each line is in the sink once, with what its driver would have said', async () => {
    const flooder = await fleet.container('flooder');
    await fleet.rig.view.execute(flooder, ['/bin/touch', '/go']);
    await fleet.until('the flood', () => fleet.numbers('flooder', 'flood').length >= floodLines);
    assert.deepEqual(fleet.numbers('flooder', 'flood'), upTo(floodLines));
    const short = flooder.slice(0, 12);
    for (const { id: key, device, fields } of fleet.said('flooder')) {
      assert.ok(device === id && key.startsWith(`${id}/${short}/`), key);
      assert.equal(fields?.['docker.driver'], 'syslog');
      assert.equal(fields['docker.tag'], `flood/${short}`);
      assert.equal(fields['docker.syslog-facility'], 'local3');
      assert.equal(fields['com.example.site'], 'berlin');
      assert.equal(fields.MODE, 'loud');
      assert.equal(fields.DB_PASSWORD, undefined);
    }
    await fleet.until('its end', () =>
      fleet
        .arrived()
        .some(
          ({ kind, name, text = '' }) =>
            kind === 'event' && name === 'container.die' && /flooder.* code 3/.test(text),
        ),
    );
  });

  test('agent and gateway are killed while lines go on: no number is missing, what came twice has its id', async () => {
    const { gateway } = fleet.rig;
    const agent = fleet.rig.device(id).program;
    const count = () => fleet.numbers('ticker', 'tick').length;
    await agent.kill();
    await delay(1000);
    const whenKilled = count();
    agent.start();
    await fleet.until('lines after the agent', () => count() > whenKilled + 10);
    await gateway.program.kill();
    const unheard = count();
    await gateway.start();
    await fleet.until('lines after the gateway', () => count() > unheard + 10);
    const ticks = fleet.numbers('ticker', 'tick');
    assert.deepEqual(ticks, upTo(ticks.length));
    const last = `tick ${ticks.length - 1}`;
    await fleet.until('the desk to go on', () => fleet.shown.some(({ text }) => text === last));
    const onScreen = fleet.shown.map(({ text }) => text);
    assert.equal(new Set(onScreen).size, onScreen.length, 'nothing is shown twice');
    const tickShown = new Set(onScreen);
    assert.deepEqual(
      ticks.filter(tick => !tickShown.has(`tick ${tick}`)),
      [],
      'nothing is left out',
    );
  });

  test('metrics and events are in the sink, and what towline shows of them', async () => {
    await fleet.until('metrics', () =>
      fleet.arrived().some(({ kind, name }) => kind === 'metric' && name === 'node_load1'),
    );
    const [metrics, events, top] = await Promise.all([
      fleet.towline('metrics', id, 'load'),
      fleet.towline('events', id),
      fleet.towline('top', id),
    ]);
    assert.match(metrics, /node_load1/);
    assert.match(events, /flooder.*exit code 3/);
    assert.match(top, new RegExp(id));
  });

  test('the guide on logs, typed as written at a desk: git alone shows how all devices are, and what one of them said', async () => {
    const { operator, workspace } = fleet.rig;
    const blocks = [...guide.matchAll(/^```\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
    const plain = blocks.filter(block => !block.startsWith('towline '));
    assert.equal(plain.length, 5, 'of other ones who reads on types none');
    const script = plain
      .join('')
      .replaceAll('ssh://git@gateway.example.com:2222/telemetry.git', place)
      .replaceAll('devices/lisbon/', 'devices/')
      .replaceAll('~/fleet', operator.directory)
      .replaceAll('pump-3', id)
      .replaceAll('logs/hello/worker', `logs/${id}-hello/ticker`);
    const folder = workspace.path('as-written');
    mkdirSync(folder);
    // The gateway writes it each half a minute, and this fleet may be younger.
    await fleet.until('the branch fleet-status', async () => {
      const listed = await operator.quietly('git', ['ls-remote', place, 'fleet-status'], {
        directory: folder,
      });
      return listed.stdout !== '';
    });
    const typed = await operator.quietly('sh', ['-ec', script], { directory: folder });
    assert.equal(typed.code, 0, typed.stderr);
    const shown = [
      new RegExp(`^\\|.*${id}`, 'm'),
      /^[0-9a-f]{7,} /m,
      /^outcome: /m,
      /^status\.yaml$/m,
      /"text":"tick 0"/,
    ];
    for (const pattern of shown) assert.match(typed.stdout, pattern);
    assert.match(typed.stderr, new RegExp(`Good "git" signature for ${id}`));
  });

  test('no secret of agent, app or sink is in status, commits, logs, spool, dead letters: what an app prints is for redaction', async () => {
    const { gateway } = fleet.rig;
    const dead = path.join(gateway.state, 'sinks/refused/dead-letters.ndjson');
    await fleet.until('a dead letter', () => existsSync(dead));
    assert.deepEqual([...fleet.authorizations], [`Bearer ${token}`]);
    const { folder, state } = fleet.rig.device(id);
    const address = `http://127.0.0.1:${gateway.ports.internal}`;
    const everything = [
      ...(await Promise.all(
        ['metrics', 'healthz'].map(async at => await (await fetch(`${address}/${at}`)).text()),
      )),
      ...allOf(path.join(state, 'telemetry')),
      ...allOf(path.join(gateway.state, 'sinks')),
      ...[path.join(folder, 'log'), path.join(gateway.folder, 'log'), fleet.sinkFile].map(textOf),
      await committed(path.join(gateway.state, 'telemetry.git')),
    ].join('\n');
    const keys = allOf(path.join(state, 'keys')).filter(text => text.includes('PRIVATE'));
    const material = keys.flatMap(text => text.split('\n').filter(line => /^[\w+/=]{20,}$/.test(line)));
    assert.ok(material.length > 6, `${material.length} lines of keys`);
    for (const secret of [...material, password, token]) assert.ok(!everything.includes(secret), secret);
    const printed = new Set(fleet.said('ticker').map(({ text }) => text));
    assert.ok(printed.has(`a line with ${shownPassword}`), 'no pattern finds it');
    assert.ok([...printed].some(text => text?.startsWith('password=')));
  });
});

const textOf = (file: string) => readFileSync(file, 'latin1');

/** Files of a folder. */
function allOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return files.map(entry => unpacked(readFileSync(path.join(entry.parentPath, entry.name))));
}

/** As it is, and what is packed in it: what waits on a device has a line before. */
function unpacked(bytes: Buffer): string {
  const at = bytes.indexOf('\x1f\x8b\x08', 0, 'latin1');
  const isPacked = at === 0 || (at > 0 && bytes[at - 1] === 10);
  return bytes.toString('latin1') + (isPacked ? gunzipSync(bytes.subarray(at)).toString('latin1') : '');
}

/** Every object of a repository. */
async function committed(gitDirectory: string): Promise<string> {
  const words = ['--git-dir', gitDirectory, 'cat-file', '--batch-all-objects', '--batch'];
  const child = spawn('git', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const bytes = Buffer.concat(await child.stdout.toArray());
  const objects: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const size = Number(bytes.toString('latin1', at, end).split(' ')[2]);
    objects.push(unpacked(bytes.subarray(end + 1, end + 1 + size)));
    at = end + 2 + size;
  }
  assert.ok(
    objects.some(text => /tick 1\D/.test(text)),
    'segments are read',
  );
  return objects.join('\n');
}
