/** A device that is dead, and new hardware that takes its id: its app and its data come back from a store. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import Docker from 'dockerode';
import type { DeviceProcess } from '../../lab/fleet/device-process.ts';
import { release } from '../../lab/fleet/make-fleet.ts';
import { secondRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { helperImage } from '../../lab/machine/helper-image.ts';
import { type Sshd, startSshd } from '../../lab/rig/sshd.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { PersonTerminal } from '../rig/person-terminal.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';
import { EnrollingFleet, telemetryUrl } from './enrolling-fleet.ts';

type Project = StatusFile['projects'][number];

/** `ridge` copies to a disk of its own, `valley` to a server. */
const [ridge, valley] = ['ridge', 'valley'];

describe('a device that is dead comes back on new hardware, with its app and its data', () => {
  let fleet: EnrollingFleet;
  let sshd: Sshd;
  let relay: TcpRelay;
  const disk = mkdtempSync(path.join(tmpdir(), 'towline-disk-'));
  const memory = mkdtempSync('/dev/shm/towline-blank-');
  /** Id of the backup that has what the app had acknowledged. */
  const kept = new Map<string, string>();

  const must = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await fleet.towline(...args);
    assert.equal(code, 0, `towline ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  const backup = (...args: string[]) => must('backup', ...args);
  const restore = (...args: string[]) =>
    fleet.towline('backup', 'restore', ...args, '--remote', 'gateway', '--telemetry', telemetryUrl, '--yes');
  const pulled = () => fleet.rig.operator.git('pull', '--quiet', '--ff-only', 'gateway', 'main');

  /** What is pushed was looked at by the verbs that wrote it: the hook would look again, for a minute each. */
  const publish = async (message: string): Promise<void> => {
    await fleet.rig.operator.commit(message);
    const pushed = await fleet.rig.operator.push({ unchecked: true, quiet: true });
    assert.equal(pushed.code, 0, pushed.stderr);
  };

  /** Settings of its machine. */
  const settle = (device: DeviceProcess) =>
    device.configure({ helperImage: helperImage(), runtimeDirectory: path.join(memory, device.id) });

  const worker = async (id: string): Promise<string> => {
    const services = await fleet.rig.view.services(id);
    return (
      services.find(({ service, state }) => service === 'worker' && state === 'running')?.containerId ?? ''
    );
  };
  const inWorker = async (id: string, script: string) =>
    await fleet.rig.view.execute(await worker(id), ['/bin/sh', '-c', script]);

  const said = async (id: string, what: string, test: (project: Project) => boolean): Promise<Project> =>
    await waitUntil(
      what,
      async () =>
        (await fleet.rig.telemetry.status(id))?.projects.find(one => one.app === 'hello' && test(one)),
      {
        timeoutMs: 400_000,
        intervalMs: 500,
        seen: async () => [
          (await fleet.rig.telemetry.status(id))?.projects,
          fleet.rig.device(id).program.lastWords(),
        ],
      },
    );

  /** Everything but the store and the desk. */
  async function dies(device: DeviceProcess): Promise<void> {
    await device.program.stop();
    await fleet.rig.view.clear(device.id);
    rmSync(device.state, { recursive: true });
    assert.deepEqual(await fleet.rig.view.services(device.id), []);
  }

  /** What a terminal shows once this stands there. */
  async function shown(terminal: PersonTerminal, pattern: RegExp): Promise<string> {
    const found = () => pattern.exec(terminal.screen)?.[1];
    return await waitUntil(String(pattern), async () => found(), {
      ...{ timeoutMs: 400_000, intervalMs: 200 },
      seen: async () => terminal.screen,
    });
  }

  /**
   * New hardware takes the id: a person at the desk types one command, one at the device another, and reads a fingerprint out.
   * @returns what the desk said then
   */
  async function replaced(device: DeviceProcess, ...more: string[]): Promise<string> {
    const { operator, workspace } = fleet.rig;
    const replace = `towline device replace ${device.id} --remote gateway --telemetry ${telemetryUrl}`;
    const desk = await PersonTerminal.open(device.folder, [replace, ...more].join(' '), {
      cwd: operator.directory,
      env: { ...workspace.environment, ...operator.environment },
    });
    await shown(desk, /(Go on\?)/);
    desk.type('y\r');
    const line = await shown(desk, /^ +(towline agent enroll --start towline1_\S+)\r$/m);
    const own = ['--config', device.config, '--state-directory', device.state];
    const machine = ['--engine-socket', device.engineSocket, '--project-prefix', device.prefix];
    const started = path.join(device.folder, 'started');
    const programs = workspace.makeFolder('devices', device.id, 'bin');
    // In place of systemd, which this machine has no other of: the agent is started below.
    writeFileSync(path.join(programs, 'systemctl'), `#!/bin/sh\necho "$@" >>${started}\n`, { mode: 0o755 });
    mkdirSync(device.state, { recursive: true });
    const here = await PersonTerminal.open(device.folder, [line, ...own, ...machine].join(' '), {
      env: { ...workspace.environment, PATH: `${programs}:${workspace.environment.PATH}` },
    });
    desk.type(`${await shown(here, /^fingerprint {2}(\S+)\r$/m)}\r`);
    assert.equal(await desk.exited, 0, desk.screen);
    assert.equal(await here.exited, 0, here.screen);
    assert.match(here.screen, /Accepted: the agent starts\./);
    assert.equal(readFileSync(started, 'utf8'), 'start towline-agent\n');
    settle(device);
    device.program.start();
    await pulled();
    return desk.screen;
  }

  before(async () => {
    fleet = await EnrollingFleet.start([ridge, valley]);
    const { operator, engine } = fleet.rig;
    // Who makes and rotates secrets can open them.
    await operator.gpg.gpg(['--quick-add-key', operator.gpg.fingerprint, 'cv25519', 'encr', '0']);
    operator.write('trust/keys/alice.asc', await operator.gpg.publicKey());
    operator.edit('trust/policy.yaml', [['version'], 2]);
    // Those of the template have no store.
    await operator.git('rm', '-r', '--quiet', 'devices/berlin', 'devices/lisbon');
    sshd = await startSshd();
    const network = await new Docker({ socketPath: engine.socket }).getNetwork('bridge').inspect();
    const host = network.IPAM?.Config?.[0]?.Gateway ?? '';
    relay = await TcpRelay.start('127.0.0.1', sshd.port, host);
    const address = `${host}:${relay.port}`;
    const stores = {
      [ridge]: { folder: path.join(disk, 'stick', '{device}'), onFirstDisk: true },
      [valley]: {
        sftp: {
          address,
          user: sshd.user,
          path: path.join(disk, 'nas', '{device}'),
          hostKeys: [sshd.hostKey],
        },
      },
    };
    for (const [id, place] of Object.entries(stores)) {
      const device = fleet.rig.device(id);
      await fleet.enrolled(device, '--group', 'canary');
      settle(device);
      operator.edit(
        `devices/${id}.yaml`,
        [['variables'], { HTTP_PORT: device.httpPort, ROW: '1' }],
        [['backupStores'], { vault: { ...place, secret: 'secrets/backups/{device}.yaml' } }],
      );
      const { publicKey } = JSON.parse(await backup('key', id, '--json'));
      if (publicKey !== null)
        appendFileSync(`${sshd.identity}.pub`, `restrict,command="internal-sftp" ${publicKey}\n`);
    }
    operator.edit('apps/hello/app.yaml', [['backup'], { volumes: 'all', to: 'vault' }]);
    // Before a change of the service that has the volume there is a backup, of the same release.
    operator.edit('apps/hello/compose.yaml', [['services', 'worker', 'environment'], { ROW: `\${ROW}` }]);
    await release(fleet.rig, secondRelease);
    await publish('With backups');
    for (const id of [ridge, valley]) {
      fleet.rig.device(id).program.start();
      await said(
        id,
        `${id} to be healthy`,
        ({ state, release }) => state === 'healthy' && release === secondRelease,
      );
      await inWorker(id, `echo ${id} acknowledged > /var/lib/worker/row; sync`);
      operator.edit(`devices/${id}.yaml`, [['variables', 'ROW'], '2']);
    }
    await publish('Another row');
    for (const id of [ridge, valley]) {
      const { backups } = await said(id, `a copy of ${id}`, one => one.backups?.[0]?.stores?.[0] === 'vault');
      kept.set(id, backups?.[0]?.id ?? '');
    }
  });
  after(async () => {
    await fleet?.stop();
    await relay?.stop();
    await sshd?.stop();
    for (const folder of [disk, memory]) rmSync(folder, { recursive: true, force: true });
  });

  test('its disk of backups is put into the new machine: one command at the desk, one at the device', async () => {
    const device = fleet.rig.device(ridge);
    assert.ok(existsSync(path.join(disk, 'stick', ridge, 'config')));
    await dies(device);
    const screen = await replaced(device);
    assert.match(
      screen,
      new RegExp(
        `hello begins with the data of backup ${kept.get(ridge)} \\(.* release 1\\.1\\.0, .* from vault\\)`,
      ),
    );
    assert.match(screen, /the new ridge is accepted \(\S+\), and reads secrets\/backups\/ridge\.yaml/);
    const { restore: done, state } = await said(
      ridge,
      'ridge to have its data',
      one => one.restore?.state === 'done' && one.state === 'healthy',
    );
    assert.deepEqual([done?.backup, state], [kept.get(ridge), 'healthy']);
    assert.equal(await inWorker(ridge, 'cat /var/lib/worker/row'), 'ridge acknowledged');
    await must('validate');
    await must('secret', 'check');
    // Once: what it writes from now on stays.
    await inWorker(ridge, 'echo later > /var/lib/worker/row; sync');
    await device.program.stop();
    assert.equal(await device.pass(), 0, device.program.lastWords());
    assert.equal(await inWorker(ridge, 'cat /var/lib/worker/row'), 'later');
  });

  test('it begins empty where that is wanted, and takes its data from a server later; the backup of another device it never takes', async () => {
    const device = fleet.rig.device(valley);
    await dies(device);
    const screen = await replaced(device, '--empty');
    assert.match(screen, /What hello wrote does not come back\./);
    await said(
      valley,
      'valley to run',
      ({ state, release }) => state === 'healthy' && release === secondRelease,
    );
    await waitUntil('the row', async () => ((await worker(valley)) === '' ? undefined : true));
    assert.match(await inWorker(valley, 'cat /var/lib/worker/row'), /No such file/);
    const other = kept.get(ridge) ?? '';
    const refused = await restore(valley, 'hello', other);
    assert.match(refused.stderr, /RESTORE_NO_BACKUP/);
    const forced = await restore(valley, 'hello', other, '--unknown');
    assert.equal(forced.code, 0, forced.stderr);
    await pulled();
    const { restore: failed } = await said(
      valley,
      'valley to refuse',
      one => one.restore?.backup === other && one.restore.code !== undefined,
    );
    assert.match(failed?.code ?? '', /^(?:RESTORE_NO_BACKUP|BACKUP_STORE_MISSING)$/);
    assert.notEqual(failed?.state, 'done');
    assert.match(await inWorker(valley, 'cat /var/lib/worker/row'), /No such file/);
    const { code, stdout, stderr } = await restore(valley, 'hello', kept.get(valley) ?? '');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /from vault/);
    await pulled();
    await said(
      valley,
      'valley to have its data',
      ({ restore: done, state }) =>
        state === 'healthy' && done?.state === 'done' && done.backup === kept.get(valley),
    );
    assert.equal(await inWorker(valley, 'cat /var/lib/worker/row'), 'valley acknowledged');
  });
});
