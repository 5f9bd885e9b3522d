/** A container and an account of a device, visited by each way in that its files allow, as people type it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { commandFolder } from '../../lab/machine/programs.ts';
import { run } from '../cli/towline.ts';
import { Desk } from '../cli/tunnel/tunnel-desk.ts';
import { Browser } from '../gateway/certificates/provider.ts';
import { id, sub, VisitedFleet } from './visited-fleet.ts';

const file = `devices/${id}.yaml`;
const towline = path.join(commandFolder, 'towline');

describe('a device that people visit', () => {
  let fleet: VisitedFleet;
  let alice: Desk;
  let bob: Desk;
  before(async () => {
    fleet = await VisitedFleet.start();
    [alice, bob] = [await fleet.tunnels.desk('alice'), await fleet.tunnels.desk('bob')];
  });
  after(() => fleet?.[Symbol.asyncDispose]());

  const start = (program: string, args: readonly string[], desk = alice) => {
    const env = { ...process.env, ...desk.environment };
    const child = spawn(program, args, { cwd: desk.directory, env, stdio: 'pipe' });
    const said = { output: '', errors: '' };
    child.stdout.on('data', piece => (said.output += piece));
    child.stderr.on('data', piece => (said.errors += piece));
    const begun = once(child.stdout, 'data');
    const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
    /** Its input is at its end. */
    const end = async (input = '') => {
      child.stdin.end(input);
      return await ended;
    };
    return { child, said, begun, ended, end };
  };
  /** Stock ssh without any configuration, as this person, to this machine. */
  const words = (desk: Desk, port: number, user: string, ...command: string[]) => [
    ...['-F', 'none', '-p', String(port), '-l', user, '-i', desk.key.file, '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    ...['-o', 'BatchMode=yes', '127.0.0.1', ...command],
  ];
  const ssh = (desk: Desk, port: number, user: string, ...command: string[]) =>
    run('ssh', words(desk, port, user, ...command), desk.environment, desk.directory);
  const atGateway = (desk: Desk, user: string, ...command: string[]) =>
    ssh(desk, fleet.tunnels.gateway.people, user, ...command);
  const people = async () => {
    const { output } = await alice.does('tunnel', 'list', id, '--json');
    const [row] = JSON.parse(output).devices;
    return row.gatewaySays.people.map(({ operator, to }: Record<string, string>) => `${operator} in ${to}`);
  };
  /** A signed commit on main, as alice makes it by hand. */
  const change = async (name: string, edit: (text: string) => string) => {
    await alice.git('pull', '-q', '--rebase', 'origin', 'main');
    const place = path.join(alice.directory, name);
    await writeFile(place, edit(await readFile(place, 'utf8')));
    await alice.git('commit', '-q', '-S', '-a', '-m', `Change ${name}\n\nTowline-Ref: acme/main`);
    await alice.git('push', '-q', 'origin', 'HEAD:main');
  };

  test('towline ssh: a command in the container, and what was opened stays while somebody has come by the port', async () => {
    const { tunnels, port } = fleet;
    const mine = start(towline, [...['ssh', `web@${id}`, '--reason', 'INC-42', '--', 'id -u; cat; exit 7']]);
    await mine.begun;
    const theirs = start('ssh', words(bob, port, 'shop.web', 'echo in; cat; exit 3'));
    await theirs.begun;
    assert.deepEqual(await people(), [`alice in ${id}:22`, `somebody in port ${port}`]);
    const { code, output, errors } = await mine.end('through\n');
    assert.deepEqual([code, output], [7, '0\nthrough\n'], errors);
    assert.match(errors, new RegExp(`pushed [0-9a-f]{12}: ${id} opens, until \\S+Z$`, 'm'));
    assert.match(errors, new RegExp(`${id} stays open until \\S+Z: somebody is in$`, 'm'));
    assert.match(await tunnels.atMain(file), /^tunnel: \{state: open/m);
    assert.equal((await theirs.end('back\n')).output, 'in\nback\n');
    assert.deepEqual(await people(), []);
  });

  test('a session that the gateway ends: shell, command, exit code; shown as what it is, and for nobody else', async () => {
    const { tunnels } = fleet;
    const ran = await atGateway(alice, `web+${id}`, 'echo in; echo aside >&2; exit 9');
    assert.deepEqual(ran, { code: 9, output: 'in\n', errors: 'aside\n' });
    const shell = start('ssh', words(alice, tunnels.gateway.people, `shop.web+${id}`));
    assert.deepEqual(await shell.end('echo shell; exit 4\n'), { code: 4, output: 'shell\n', errors: '' });
    const refused = await atGateway(alice, `other+${id}`, 'id');
    assert.equal(refused.code, 1);
    assert.match(
      refused.errors,
      /^towline: ACCESS_VIA_GATEWAY .* takes no session of alice that the gateway ends/,
    );
    assert.match((await atGateway(bob, `web+${id}`, 'id')).errors, /^towline: ACCESS_VIA_GATEWAY .* of bob/);
    const live = start('ssh', words(alice, tunnels.gateway.people, `web+${id}`, 'echo in; cat'));
    await live.begun;
    assert.deepEqual(await people(), [`alice in web+${id} (via gateway)`]);
    const status = await ssh(alice, fleet.port, 'towline', 'status');
    assert.match(status.output, /^in: alice \(via gateway\) since /m);
    const seen = tunnels.fleet.audited().filter(({ action }) => action === `session web+${id}`);
    assert.deepEqual(
      seen.map(({ who, outcome, code }) => [who, outcome, code]),
      [
        ...[
          ['alice', 'allowed', undefined],
          ['alice', 'ended', undefined],
        ],
        ...[
          ['bob', 'refused', 'ACCESS_VIA_GATEWAY'],
          ['alice', 'allowed', undefined],
        ],
      ],
    );
    // The device knows the gateway by the key that fleet.yaml has: without it, nobody is spoken for.
    await change('fleet.yaml', text => text.replace(/^ *accessKeys:\n( *- ssh-.*\n)+/m, ''));
    assert.equal((await live.ended).code, 255);
    const { code, errors } = await atGateway(alice, `web+${id}`, 'id');
    assert.deepEqual([code, /^towline: ACCESS_GATEWAY_REFUSED/.test(errors)], [1, true], errors);
  });

  test('access.logins: the commit lets an operator’s key in at the device’s own sshd, the closing takes it back', async () => {
    const { sshd } = fleet;
    const login = (desk: Desk) => ssh(desk, sshd.port, sshd.user, 'echo in');
    const denied = /Permission denied \(publickey\)/;
    const isOut = () =>
      waitUntil('its end', async () => (denied.test((await login(alice)).errors) ? true : undefined));
    assert.match((await login(alice)).errors, denied);
    await change(file, text =>
      text.replace(/^access:$/m, `access:\n  logins: [{ user: ${sshd.user}, operators: [alice] }]`),
    );
    await waitUntil('the login', async () => ((await login(alice)).code === 0 ? true : undefined));
    assert.match((await login(bob)).errors, denied);
    const closed = await alice.does('tunnel', 'close', id);
    assert.equal(closed.code, 0, closed.errors);
    await isOut();
    const visit = start(towline, ['ssh', `${sshd.user}@${id}.host`, '--', 'echo in; exit 5']);
    const { code, output, errors } = await visit.end();
    assert.deepEqual([code, output], [5, 'in\n'], errors);
    assert.match(await fleet.tunnels.atMain(file), /^tunnel: closed$/m);
    await isOut();
  });

  /** `towline login`, in a clone from which no verb has looked yet. */
  const login = async (...args: string[]) => {
    const desk = await fleet.tunnels.desk('alice');
    const out = path.join(path.dirname(desk.directory), 'keys');
    const running = start(towline, ['login', '--no-browser', '--out', out, ...args], desk);
    const sent = () => /^Log in with your browser: (http\S+)$/m.exec(running.said.errors)?.[1];
    return {
      ...running,
      desk,
      out,
      address: () => waitUntil('the address', sent, { seen: () => running.said }),
    };
  };
  const certificates = async (out: string) => (await readdir(out)).filter(name => name.includes('-cert'));

  test('towline login: by the browser comes a certificate, with which stock ssh, git and towline come in for hours', async () => {
    const { desk, out, ended, address } = await login();
    const { url } = await new Browser(sub).visit(await address());
    assert.match(await (await fetch(url)).text(), /go back to the terminal/);
    const { code, output, errors } = await ended;
    assert.equal(code, 0, errors);
    assert.match(output, /^logged in as alice until \S+Z$/m);
    const key = path.join(out, 'acme.login');
    const lines = ['  Host 127.0.0.1', `    IdentityFile "${desk.key.file}"`, `    IdentityFile "${key}"`];
    assert.ok(output.includes(`once in ~/.ssh/config:\n${lines.join('\n')}\n`), output);
    const certified = new Desk(desk.directory, { ...desk.key, file: key }, []);
    assert.match((await atGateway(certified, 'towline')).output, /^Hello alice\./);
    await certified.git('fetch', '-q', 'origin');
    const visit = () => start(towline, ['ssh', `web@${id}`, '--', 'echo in'], certified).end();
    // A device that takes no certificates.
    const refused = await visit();
    assert.deepEqual([refused.code, refused.output], [255, ''], refused.errors);
    await change(file, text => text.replace(/^access:$/m, 'access:\n  certificates: true'));
    const { output: said, errors: aside } = await visit();
    assert.equal(said, 'in\n', aside);
  });

  test('towline login: who is nobody here, a way that is not offered, Ctrl-C: words, an exit code, and no certificate', async () => {
    const stranger = await login();
    await new Browser('stranger').visit(await stranger.address()).then(({ url }) => fetch(url));
    const { code, errors } = await stranger.ended;
    assert.equal(code, 1);
    assert.match(
      errors,
      /^LOGIN_UNKNOWN no operator has iss http:\S+ and sub stranger in `oidc`\n +Put `oidc/m,
    );
    assert.deepEqual(await certificates(stranger.out), []);
    const coded = await alice.does('login', '--device');
    assert.equal(coded.code, 1);
    assert.match(coded.errors, /^LOGIN_NOT_OFFERED .*by a code: it is phishable\n +Come with a key/m);
    const stopped = await login();
    const back = new URL(new URL(await stopped.address()).searchParams.get('redirect_uri') ?? '');
    stopped.child.kill('SIGINT');
    assert.equal((await stopped.ended).code, 130);
    await assert.rejects(fetch(back));
    assert.deepEqual(await certificates(stopped.out), []);
  });
});
