/** Containers through the agent's own server: a real engine, the stock client, and a terminal. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { hijackOf } from '../../../agent/access/engine/engine-socket.ts';
import { courseOf } from '../../../agent/access/engine/hang-up-again.ts';
import { LeftRunning, type LeftRunningOptions } from '../../../agent/access/engine/left-running.ts';
import type { DesiredState } from '../../../core/desired/state.ts';
import { defaultLogSettings } from '../../../core/telemetry/lines/log-settings.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { Finished } from '../../../lab/rig/finished.ts';
import { EngineProxy } from '../../rig/engine-proxy.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { comes } from '../../rig/recorded-device.ts';
import { payload, sendPayload } from '../../rig/ssh-packets.ts';
import { enter } from './person-client.ts';
import { Screen } from './screen.ts';

const web = { app: 'shop', service: 'web' };
const redact = { patterns: ['credentials'], literals: [] } as const;

describe('containers through the agent’s own server', { timeout: 120_000 }, () => {
  let rig: AccessRig;
  let container: string;
  const trusted = { access: { services: [web] } };
  let desired: DesiredState;
  before(async () => {
    const logs = { others: { ...defaultLogSettings, redact }, services: new Map() };
    const shop = { ...makeProject('shop', { services: { web: {}, talker: {} } }), logs };
    desired = makeDesired('pump', [shop]);
    rig = await AccessRig.start({ desired });
    container = await rig.container('shop', 'web');
  });
  after(() => rig[Symbol.asyncDispose]());

  async function ssh(words: readonly string[], input: Uint8Array | string = ''): Promise<Finished> {
    await rig.use(trusted);
    return await rig.run('ssh', ['-F', await rig.clientConfig(), ...words], input);
  }

  /** What runs in the container, as the engine sees it. */
  async function processes(id = container): Promise<string> {
    const top = await rig.engine.call<{ Processes: string[][] }>(
      { method: 'GET', path: `/containers/${id}/top`, query: { ps_args: '-eo pid,args' } },
      AbortSignal.timeout(20_000),
    );
    return top.Processes.map(words => words.join(' ')).join('\n');
  }

  async function isGone(word: string, id = container): Promise<void> {
    const end = performance.now() + 20_000;
    while ((await processes(id)).includes(word)) {
      assert.ok(performance.now() < end, `${word} still runs`);
      await wait(100);
    }
  }

  test('a command has its exit code as the engine gives it, and two outputs', async () => {
    const [both, killed, unknown] = await Promise.all([
      ssh(['web@pump', 'echo out; echo err >&2; exit 7']),
      ssh(['web@pump', 'kill -9 $$']),
      ssh(['shop.web@pump', 'no-such-thing']),
    ]);
    assert.deepEqual([both.code, both.stdout.toString(), both.stderr], [7, 'out\n', 'err\n']);
    assert.equal(killed.code, 137);
    assert.equal(unknown.code, 127);
  });

  test('bytes go through untouched, the end of the input is one, and the reply comes after it', async () => {
    const bytes = randomBytes(3 * 1024 * 1024);
    const [echoed, late] = await Promise.all([
      ssh(['web@pump', 'cat'], bytes),
      ssh(['web@pump', 'cat > /dev/null; sleep 0.3; echo after the end'], bytes),
    ]);
    assert.ok(echoed.stdout.equals(bytes));
    assert.equal(late.stdout.toString(), 'after the end\n');
  });

  test('10 MB of output come whole, while errors come between', async () => {
    const script =
      'exec 3>&2; i=0; while [ $i -lt 10 ]; do busybox dd if=/dev/zero bs=1M count=1 2>/dev/null; busybox dd if=/dev/zero bs=64k count=1 2>/dev/null 1>&3; i=$((i+1)); done';
    const { code, stdout, stderr } = await ssh(['web@pump', script]);
    assert.deepEqual([code, stdout.length, stderr.length], [0, 10 * 1024 * 1024, 10 * 64 * 1024]);
  });

  test('a client with a giant window that reads nothing holds up the command, not the agent’s memory', async () => {
    await rig.use(trusted);
    const { ssh: client, socket } = await enter(rig, 'web');
    await new Promise<void>((resolve, reject) =>
      client.exec('trap "" PIPE; busybox yes; exec sleep 4328', (error, channel) => {
        if (error) return reject(error);
        channel.on('error', () => {}).once('data', () => resolve());
        const { outgoing } = channel as unknown as { readonly outgoing: { readonly id: number } };
        sendPayload(client, payload(93, outgoing.id, 0x7fff_ffff));
      }),
    );
    socket.pause();
    const before = process.memoryUsage().rss;
    await wait(1500);
    const [person] = rig.server.people;
    assert.ok((person?.connection.transport.writableLength ?? 0) < 5 * 1024 * 1024);
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
    // Cut in the middle of a write, and what runs does not mind that nobody reads.
    client.destroy();
    await eventually(() => rig.noted.some(({ text }) => text.includes('sleep 4328')));
    assert.doesNotMatch(await processes(), /busybox yes|sleep 4328/);
  });

  test('a terminal is one: size, its changes, top, vi, Ctrl-C, the exit code', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const screen = await Screen.open(person);
    await screen.shows(/# /);
    screen.type('busybox stty size\n');
    await screen.shows(/30 100\r\n/);
    screen.channel.setWindow(41, 133, 0, 0);
    const resized = /41 133\r\n/;
    for (let tries = 0; tries < 100 && !resized.test(screen.shown); tries += 1) {
      screen.type('busybox stty size\n');
      await wait(100);
    }
    await screen.shows(resized);
    screen.type('busybox top\n');
    await screen.shows(/PID/);
    screen.type('q');
    await screen.shows(/# /);
    screen.type('busybox vi /www/note\n');
    await screen.shows(/~/);
    screen.type('ihello there');
    await screen.shows(/hello there/);
    screen.type('\x1b');
    await wait(100);
    screen.type(':wq\r');
    await screen.shows(/# /);
    screen.type('cat /www/note\n');
    await screen.shows(/hello there\r\n/);
    screen.type('sleep 4325\n');
    // A shell that has not begun it yet may miss the key: it is pressed by somebody who sees the command run.
    while (!(await processes()).includes('sleep 4325')) await wait(50);
    screen.type('\x03');
    await screen.shows(/# /);
    screen.type('exit 3\n');
    assert.equal(await screen.ended, 3);
    person.ssh.end();
  });

  test('who is cut in the middle of a command leaves nothing that runs, and a record of it', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const screen = await Screen.open(person, 'sleep 4321 & trap "" HUP; echo begun; sleep 4322; sleep 4323');
    await screen.shows(/begun/);
    person.ssh.destroy();
    await isGone('sleep 432');
    await eventually(() => rig.noted.some(({ fields }) => fields?.cut === 'the person is gone'));
    const record = rig.noted.find(({ fields }) => fields?.cut === 'the person is gone');
    assert.equal(record?.fields?.leftRunning, undefined);
    assert.equal(record?.fields?.operator, 'alice');
    assert.equal(record?.fields?.commit, 'c'.repeat(40));
  });

  /** A device whose engine is asked through something that holds its calls up. */
  async function held(): Promise<{ own: AccessRig; proxy: EngineProxy; id: string } & AsyncDisposable> {
    const proxy = await EngineProxy.start(rig.socket);
    const own = await AccessRig.start({ engine: proxy, desired });
    const id = await own.container('shop', 'web');
    await own.use(trusted);
    const ready = await own.run('ssh', ['-F', await own.clientConfig(), 'web@pump', 'true']);
    assert.equal(ready.code, 0);
    const over = async () => {
      proxy.before = undefined;
      await own[Symbol.asyncDispose]();
      await proxy.stop();
    };
    return { own, proxy, id, [Symbol.asyncDispose]: over };
  }

  test('who is cut while a command is about to begin leaves nothing that runs', async () => {
    await using engine = await held();
    const { own, proxy, id } = engine;
    // The engine has been asked to begin it, and its answer is on its way.
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    proxy.answering = async () => {
      asked.resolve();
      await answered.promise;
    };
    const cut = await enter(own, 'web');
    cut.ssh.exec('sleep 4331', () => {});
    await asked.promise;
    await comes(async () => (await processes(id)).includes('sleep 4331'));
    cut.ssh.destroy();
    await eventually(() => own.server.people.length === 0);
    proxy.answering = undefined;
    answered.resolve();
    await eventually(() => own.noted.some(({ text }) => text.includes('sleep 4331')));
    await isGone('sleep 4331', id);
    assert.equal(own.noted.at(-1)?.fields?.leftRunning, undefined);
  });

  test('an engine that is away before it says whether a command began: it is named, in a status without containers, and ended when the engine is back; who may read no more while a log is looked for follows none', async () => {
    await using engine = await held();
    const { own, proxy, id } = engine;
    const config = await own.clientConfig();
    proxy.before = async ({ path }) => {
      if (path.startsWith('/containers/json')) await own.use({ ...trusted, reads: false });
    };
    const follows = await own.run('ssh', ['-F', config, 'pump', 'logs web -f']);
    assert.match(follows.stderr, /no such thing here, or not for you/);
    proxy.before = undefined;
    await own.use(trusted);
    const gone = await enter(own, 'web');
    proxy.answering = async () => {
      proxy.before = () => assert.fail('it is away');
      throw new Error('it is away');
    };
    gone.ssh.exec('sleep 4332', () => {});
    await eventually(() => own.noted.some(({ fields }) => fields?.leftRunning === true));
    gone.ssh.destroy();
    const status = (await own.run('ssh', ['-F', config, 'pump', 'status'])).stdout.toString();
    assert.match(status, /containers cannot be listed: ENGINE_UNREACHABLE/);
    assert.match(status, /left running: sleep 4332 of alice in shop\.web, since /);
    // It is back: what could not be hung up is, and named no more.
    [proxy.before, proxy.answering] = [undefined, undefined];
    await own.left.look();
    assert.deepEqual(own.left.words(), []);
    await isGone('sleep 4332', id);
  });

  test('a service that is taken away cuts its sessions, and no others; a closed tunnel cuts all', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const screen = await Screen.open(person, 'echo begun; sleep 4324');
    await screen.shows(/begun/);
    await rig.use({ access: { services: [{ app: 'shop', service: 'db' }] } });
    await screen.shows(/no such thing here, or not for you/);
    assert.equal(await screen.ended, 255);
    const closed = new Promise<void>(resolve => person.ssh.on('close', () => resolve()));
    person.ssh.removeAllListeners('error').on('error', () => {});
    rig.server.use(undefined);
    await closed;
    await isGone('sleep 4324');
  });

  test('a container that restarts ends its sessions with words, and the next one is in the new', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const screen = await Screen.open(person, 'echo begun; sleep 4325');
    await screen.shows(/begun/);
    const restart = { method: 'POST', path: `/containers/${container}/restart`, query: { t: 1 } } as const;
    await rig.engine.call(restart, AbortSignal.timeout(30_000));
    assert.notEqual(await screen.ended, 0);
    person.ssh.end();
    assert.equal((await ssh(['web@pump', 'echo here'])).stdout.toString(), 'here\n');
  });

  test('logs and status are told to those who may read, by names of what there is', async () => {
    const status = await ssh(['pump', 'status']);
    assert.match(status.stdout.toString(), /open until .*INC-42.*\ncontainer shop\.web-1 {2}Up/);
    const unknown = await ssh(['pump', 'logs', 'nothing']);
    assert.match(unknown.stderr, /no service nothing/);
    await rig.use({ ...trusted, reads: false });
    const config = await rig.clientConfig();
    const refused = await rig.run('ssh', ['-F', config, 'pump', 'status']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no such thing here, or not for you/);
    const menu = await rig.run('ssh', ['-F', config, 'pump']);
    assert.match(menu.stdout.toString(), /You may enter:\n {2}ssh web@/);
    // Of a first visit: what is missing, and a port that anybody may listen on.
    await rig.use({ targets: [{ name: 'ssh', host: '127.0.0.1', port: 22 }] });
    const first = await rig.run('ssh', ['-F', config, 'web@pump']);
    assert.match(
      first.stdout.toString(),
      /no container .*`access\.services` names.*\n[\s\S]* -L 10022:ssh:22 /,
    );
  });

  test('a log is told as telemetry tells it: its end, since when, and on until who reads is gone; a terminal has its line ends', async () => {
    const lines = 'i=0; while [ $i -lt 5 ]; do echo "line $i"; i=$((i+1)); done; echo password=hunter2';
    await rig.container('shop', 'talker', ['sh', '-c', `${lines}; exec sleep 100000`]);
    const logs = async (...words: string[]) =>
      (await ssh(['pump', 'logs', 'talker', ...words])).stdout.toString();
    const hidden = 'password=[hidden]\n';
    // What asks before the first line is written is told nothing, as by the engine.
    await comes(async () => (await logs()).endsWith(hidden));
    assert.equal(await logs('--tail', '2'), `line 4\n${hidden}`);
    assert.equal(await logs('-n', '0'), '');
    assert.match(await logs('--since', '1h'), /^line 0\n/);
    assert.equal(await logs('--since', '2999-01-01'), '');
    const config = await rig.clientConfig();
    const open = () => readdirSync('/proc/self/fd').length;
    await eventually(() => rig.server.people.length === 0);
    const before = open();
    const read = rig.spawn('ssh', ['-F', config, 'pump', 'logs shop.talker -f --tail 1']);
    assert.equal(String((await once(read.stdout, 'data'))[0]), hidden);
    read.kill('SIGKILL');
    await eventually(() => rig.server.people.length === 0 && open() <= before);
    const terminal = await PersonTerminal.open(rig.folder, `ssh -t -F ${config} pump logs talker -f`);
    await terminal.sees('line 4\r\n');
    terminal.type('\u0003');
    assert.equal(await terminal.exited, 130);
    const person = await enter(rig, 'anyone');
    const signalled = await Screen.open(person, 'logs talker -f');
    await signalled.shows(/line 4/);
    signalled.channel.signal('INT');
    assert.equal(await signalled.ended, 130);
    person.ssh.end();
  });

  test('a signal that a client sends is heard by what runs for it', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const heard =
      'for name in INT TERM USR1; do trap "echo heard $name" $name; done; echo begun; while :; do sleep 0.1; done';
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      person.ssh.exec(heard, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    let said = '';
    channel.on('data', (bytes: Buffer) => (said += bytes));
    await eventually(() => said.includes('begun'));
    for (const name of ['INT', 'USR1', 'TERM']) {
      channel.signal(name);
      await eventually(() => said.includes(`heard ${name}`));
    }
    const ended = once(channel, 'exit');
    channel.signal('KILL');
    assert.equal((await ended)[0], 137);
    person.ssh.end();
  });

  test('what was left running outlives the agent, is hung up again by its next run, and named until it is over', async () => {
    await rig.use(trusted);
    const person = await enter(rig, 'web');
    const screen = await Screen.open(person, 'echo begun; sleep 4327');
    await screen.shows(/begun/);
    // As an agent that is killed finds it: the command goes on, and nobody was there to hang it up.
    const file = join(rig.folder, 'killed.json');
    await copyFile(join(rig.folder, 'left-running.json'), file);
    const exec = { engine: rig.engine, hijack: hijackOf(rig.socket) };
    const noted: string[] = [];
    const next = (asked: LeftRunningOptions['courseOf']) =>
      new LeftRunning({ file, log: { warn() {} }, courseOf: asked, note: ({ name }) => noted.push(name) });
    const blind = next(async () => 'unknown');
    await blind.look();
    assert.match(blind.words().join(), /^echo begun; sleep 4327 of alice in shop\.web, since /);
    await blind.close();
    const cannot = next(async () => 'runs');
    await cannot.look();
    assert.equal(cannot.words().length, 1);
    await cannot.close();
    const again = next((...of) => courseOf(exec, ...of));
    await again.look();
    assert.deepEqual(again.words(), []);
    await isGone('sleep 4327');
    await again.close();
    const last = next(async () => assert.fail('nothing is left'));
    await last.look();
    assert.deepEqual([last.words(), noted], [[], ['access.left', 'access.over']]);
    person.ssh.destroy();
  });

  test('an image without a shell: words are run as they stand, and what cannot be ended is named', async () => {
    const bare = await rig.container('shop', 'bare', ['/bin/busybox', 'sleep', '100000']);
    await rig.begin(bare, ['/bin/busybox', 'rm', '/bin/sh']);
    await wait(300);
    const change = { access: { services: [{ app: 'shop', service: 'bare' }] } };
    await rig.use(change);
    const config = await rig.clientConfig();
    const shell = await rig.run('ssh', ['-F', config, 'bare@pump']);
    assert.match(shell.stderr, /has no shell/);
    const plain = await rig.run('ssh', ['-F', config, 'bare@pump', '/bin/busybox echo a b']);
    assert.equal(plain.stdout.toString(), 'a b\n');
    const person = await enter(rig, 'bare');
    const screen = await Screen.open(person, '/bin/busybox sleep 4326');
    await eventually(() => rig.sessions.at(-1)?.start.command?.includes('4326') === true);
    await wait(300);
    screen.channel.close();
    await eventually(() => rig.noted.some(({ fields }) => fields?.leftRunning === true));
    const status = await rig.run('ssh', ['-F', config, 'pump', 'status']);
    assert.match(status.stdout.toString(), /left running: \/bin\/busybox sleep 4326 of alice in shop\.bare/);
    person.ssh.end();
  });
});
