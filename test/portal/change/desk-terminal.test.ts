/** `towline portal` as a person has it: the page asks, they are asked in their terminal, and a device follows what they signed. */
import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { Proposal } from '../../../portal/api/types.generated.ts';
import { type RolloutDesk, rolloutDesk } from '../../cli/rollout/rollout-desk.ts';
import { git } from '../../cli/towline.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { PortalClient } from '../rig/portal-client.ts';

const quietGit = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

describe('towline portal, in a person’s terminal', () => {
  let desk: RolloutDesk;
  let server: GitServer;
  let terminal: PersonTerminal;
  let client: PortalClient;
  before(async () => {
    desk = await rolloutDesk();
    server = await startGitServer({ fleet: desk.origin, telemetry: desk.telemetry });
    const command = `${path.join(commandFolder, 'towline')} portal --no-browser`;
    const env = { ...process.env, ...quietGit };
    terminal = await PersonTerminal.open(desk.fleet.folder, command, { cwd: desk.fleet.directory, env });
    await terminal.sees('http://127.0.0.1:');
    await terminal.sees('Ctrl-C');
    terminal.type('\r');
    await terminal.sees('http://127.0.0.1:');
    const [, port = '', word = ''] = /^(\d+)\/?#(\S+)/.exec(terminal.screen) ?? [];
    const origin = `http://127.0.0.1:${port}`;
    client = new PortalClient({ port: Number(port), origin });
    const { json, text } = await client.post('/login/token', { token: word.replace(/^.*=/, '') });
    assert.ok(json.session !== undefined || json.token !== undefined, text);
    client.bearer = String(json.session ?? json.token);
  });
  after(async () => {
    terminal.end();
    await server.close();
    await desk[Symbol.asyncDispose]();
  });

  async function propose(device: string): Promise<Proposal> {
    const { status, json, text } = await client.post('/changes', {
      intent: 'pause-device',
      devices: [device],
    });
    assert.equal(status, 201, text);
    return json as unknown as Proposal;
  }

  /** The device's own program, once, without an engine. */
  async function trustedBy(device: string): Promise<string> {
    const folder = path.join(desk.fleet.folder, `agent-${device}`);
    await mkdir(path.join(folder, 'state'), { recursive: true });
    await cp(path.join(desk.fleet.folder, device), path.join(folder, 'state', 'keys'), { recursive: true });
    const anchor = await desk.fleet.git('rev-list', '--max-parents=0', 'main');
    const own = { apiVersion: 'towline/v1', fleet: 'acme', device, anchor: anchor.trim() };
    const config = path.join(folder, 'agent.yaml');
    const engineSocket = path.join(folder, 'none.sock');
    const stateDirectory = path.join(folder, 'state');
    await writeFile(config, stringify({ ...own, gateways: [server.gateway], stateDirectory, engineSocket }));
    const { stdout, stderr } = await runAgent(['--config', config, '--once', '--json']).ended;
    const { trusted, stopped } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
    assert.equal(stopped ?? undefined, undefined, stderr);
    return trusted;
  }

  test('shows there what is signed, and signs it once they say yes; their device follows it', async () => {
    const shown = await propose('pump-5');
    const signing = client.post(`/changes/${shown.id}/sign`, { way: 'local' });
    await terminal.sees('Pause pump-5');
    await terminal.sees(shown.fingerprint);
    await terminal.sees('Sign and push? [y/N]');
    terminal.type('y\r');
    const done = await signing;
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.signed, (await desk.head()).trim());
    assert.equal(await trustedBy('pump-5'), done.json.signed);
  });

  test('signs nothing where they press Enter, or say another thing, and nothing that was typed before it was asked', async () => {
    const before = await desk.head();
    terminal.type('y\r');
    const shown = await propose('pump-4');
    const first = client.post(`/changes/${shown.id}/sign`, { way: 'local' });
    await terminal.sees('Sign and push? [y/N]');
    terminal.type('yes, but no\r');
    assert.equal((await first).code, 'PORTAL_NOT_SIGNED');
    const second = client.post(`/changes/${shown.id}/sign`, { way: 'local' });
    await terminal.sees('Sign and push? [y/N]');
    terminal.type('\r');
    assert.equal((await second).code, 'PORTAL_NOT_SIGNED');
    assert.equal(await desk.head(), before);
  });

  test('asks one thing at a time', async () => {
    const [one, two] = [await propose('pump-1'), await propose('pump-2')];
    const signing = [one, two].map(({ id }) => client.post(`/changes/${id}/sign`, { way: 'local' }));
    await terminal.sees('Sign and push? [y/N]');
    terminal.type('n\r');
    await terminal.sees('Sign and push? [y/N]');
    terminal.type('y\r');
    const answers = await Promise.all(signing);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const subjects = await git(desk.origin, 'log', '--format=%s', 'main');
    assert.equal(subjects.split('\n').filter(line => /^Pause pump-[12]$/.test(line)).length, 1);
  });
});
