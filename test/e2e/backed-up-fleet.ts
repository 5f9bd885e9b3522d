/** A fleet whose devices copy their backups to stores, and what becomes of one that dies: at the desk and at the device. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import type { DeviceProcess } from '../../lab/fleet/device-process.ts';
import { release } from '../../lab/fleet/publish.ts';
import { secondRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { helperImage } from '../../lab/machine/helper-image.ts';
import { startSshd } from '../../lab/rig/sshd.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { PersonTerminal } from '../rig/person-terminal.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';
import { EnrollingFleet, telemetryUrl } from './enrolling-fleet.ts';

type Project = StatusFile['projects'][number];

export class BackedUpFleet implements AsyncDisposable {
  readonly fleet: EnrollingFleet;
  /** Where stores lie. */
  readonly disk = mkdtempSync(path.join(tmpdir(), 'towline-disk-'));
  readonly #memory = mkdtempSync('/dev/shm/towline-blank-');
  readonly #cleanUp = new AsyncDisposableStack();
  #identity = '';
  #server: object = {};

  private constructor(fleet: EnrollingFleet) {
    this.fleet = fleet;
    for (const folder of [this.disk, this.#memory])
      this.#cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
    this.#cleanUp.defer(() => fleet.stop());
  }

  /** A person who opens secrets, and a server that a helper reaches, too. */
  static async start(devices: readonly string[]): Promise<BackedUpFleet> {
    const rig = new BackedUpFleet(await EnrollingFleet.start(devices));
    const { operator, engine } = rig.fleet.rig;
    await operator.gpg.gpg(['--quick-add-key', operator.gpg.fingerprint, 'cv25519', 'encr', '0']);
    operator.write('trust/keys/alice.asc', await operator.gpg.publicKey());
    operator.edit('trust/policy.yaml', [['version'], 2]);
    // As a clone of the gateway has it.
    await operator.git('config', 'towline.telemetry', telemetryUrl);
    await operator.git('config', 'branch.main.remote', 'gateway');
    await operator.git('config', 'branch.main.merge', 'refs/heads/main');
    // Those of the template have no store.
    await operator.git('rm', '-r', '--quiet', 'devices/berlin', 'devices/lisbon');
    const sshd = await startSshd();
    rig.#cleanUp.defer(() => sshd.stop());
    rig.#identity = sshd.identity;
    const network = await new Docker({ socketPath: engine.socket }).getNetwork('bridge').inspect();
    const host = network.IPAM?.Config?.[0]?.Gateway ?? '';
    const relay = await TcpRelay.start('127.0.0.1', sshd.port, host);
    rig.#cleanUp.defer(() => relay.stop());
    const place = { user: sshd.user, path: path.join(rig.disk, 'nas', '{device}') };
    rig.#server = { sftp: { address: `${host}:${relay.port}`, hostKeys: [sshd.hostKey], ...place } };
    return rig;
  }

  get stick(): object {
    return { folder: path.join(this.disk, 'stick', '{device}'), onFirstDisk: true };
  }

  get server(): object {
    return this.#server;
  }

  /** Its store is `name`. */
  async enrolled(id: string, name: string, place: object): Promise<void> {
    const device = this.fleet.rig.device(id);
    await this.fleet.enrolled(device, '--group', 'canary');
    this.settle(device);
    this.fleet.rig.operator.edit(
      `devices/${id}.yaml`,
      [['variables'], { HTTP_PORT: device.httpPort, ROW: '1' }],
      [['backupStores'], { [name]: { ...place, secret: 'secrets/backups/{device}.yaml' } }],
    );
  }

  /** A line of authorized_keys, as `towline backup key` prints it. */
  admit(line: string): void {
    appendFileSync(`${this.#identity}.pub`, `${line}\n`);
  }

  /** `hello` has its volume copied before its worker changes. */
  async backed(store: string): Promise<void> {
    const { rig } = this.fleet;
    rig.operator.edit('apps/hello/app.yaml', [['backup'], { volumes: 'all', to: store }]);
    // Before a change of the service that has the volume there is a backup, of the same release.
    rig.operator.edit('apps/hello/compose.yaml', [['services', 'worker', 'environment'], { ROW: `\${ROW}` }]);
    await release(rig, secondRelease);
  }

  async must(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.fleet.towline(...args);
    assert.equal(code, 0, `towline ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  pulled(): Promise<string> {
    return this.fleet.rig.operator.git('pull', '--quiet', '--ff-only', 'gateway', 'main');
  }

  /** What is pushed was looked at by the verbs that wrote it: the hook would look again, for a minute each. */
  async publish(message: string): Promise<void> {
    await this.fleet.rig.operator.commit(message);
    const pushed = await this.fleet.rig.operator.push({ unchecked: true, quiet: true });
    assert.equal(pushed.code, 0, pushed.stderr);
  }

  /** Settings of its machine. */
  settle(device: DeviceProcess): void {
    device.configure({ helperImage: helperImage(), runtimeDirectory: path.join(this.#memory, device.id) });
  }

  async worker(id: string): Promise<string> {
    const services = await this.fleet.rig.view.services(id);
    const found = services.find(({ service, state }) => service === 'worker' && state === 'running');
    return found?.containerId ?? '';
  }

  async inWorker(id: string, script: string): Promise<string> {
    return await this.fleet.rig.view.execute(await this.worker(id), ['/bin/sh', '-c', script]);
  }

  /** What is on its disk before anything else is. */
  async writes(id: string, row: string): Promise<void> {
    await this.inWorker(id, `echo ${row} > /var/lib/worker/row; sync`);
  }

  row(id: string): Promise<string> {
    return this.inWorker(id, 'cat /var/lib/worker/row');
  }

  async said(id: string, what: string, test: (project: Project) => boolean): Promise<Project> {
    const { telemetry } = this.fleet.rig;
    const projects = async () => (await telemetry.status(id))?.projects;
    return await waitUntil(
      what,
      async () => (await projects())?.find(one => one.app === 'hello' && test(one)),
      {
        timeoutMs: 400_000,
        intervalMs: 500,
        seen: async () => [await projects(), this.fleet.rig.device(id).program.lastWords()],
      },
    );
  }

  isRunning(id: string): Promise<Project> {
    return this.said(
      id,
      `${id} to be healthy`,
      ({ state, release }) => state === 'healthy' && release === secondRelease,
    );
  }

  /** Everything but the store and the desk. */
  async dies(device: DeviceProcess): Promise<void> {
    await device.program.stop();
    await this.fleet.rig.view.clear(device.id);
    rmSync(device.state, { recursive: true });
    assert.deepEqual(await this.fleet.rig.view.services(device.id), []);
  }

  /** What a terminal shows once this stands there. */
  async shown(terminal: PersonTerminal, pattern: RegExp): Promise<string> {
    return await waitUntil(String(pattern), async () => pattern.exec(terminal.screen)?.[1], {
      ...{ timeoutMs: 400_000, intervalMs: 200 },
      seen: async () => terminal.screen,
    });
  }

  /** The person's own, in the clone. */
  desk(line: string): Promise<PersonTerminal> {
    const { operator, workspace } = this.fleet.rig;
    const env = { ...workspace.environment, ...operator.environment };
    return PersonTerminal.open(workspace.folder, line, { cwd: operator.directory, env });
  }

  /**
   * New hardware takes the id: a person at the desk types one command, one at the device another, and reads a fingerprint out.
   * @param replace as it is typed. @returns what the desk said then
   */
  async replaced(device: DeviceProcess, replace: string): Promise<string> {
    const { workspace } = this.fleet.rig;
    const desk = await this.desk(replace);
    await this.shown(desk, /(Go on\?)/);
    desk.type('y\r');
    const line = await this.shown(desk, /^ +(towline agent enroll --start towline1_\S+)\r$/m);
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
    desk.type(`${await this.shown(here, /^fingerprint {2}(\S+)\r$/m)}\r`);
    assert.equal(await desk.exited, 0, desk.screen);
    assert.equal(await here.exited, 0, here.screen);
    assert.match(here.screen, /Accepted: the agent starts\./);
    assert.equal(readFileSync(started, 'utf8'), 'start towline-agent\n');
    this.settle(device);
    device.program.start();
    return desk.screen;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
