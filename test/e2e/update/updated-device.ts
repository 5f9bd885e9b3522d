/** A device that systemd has booted, with the agent as its package puts it there: what its unit and its launcher make of versions. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { Daemon } from '../../../lab/machine/daemon.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { baseRoot } from '../../../lab/root/base-root.ts';
import { BootedRoot } from '../../../lab/root/booted-root.ts';
import type { Shell } from '../../../lab/root/shell.ts';
import type { MadeParts, PartsOptions } from '../../../scripts/package/parts.ts';
import { AgentFleet } from '../../agent/update/agent-fleet.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const node = path.join(root, 'node_modules/node/bin/node');

function must(command: string, ...words: string[]): void {
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
}

export class UpdatedDevice implements AsyncDisposable {
  readonly fleet: AgentFleet;
  readonly #network = `tl-update-${process.pid}`;
  readonly #cleanUp: AsyncDisposableStack;
  #gateway: Daemon | undefined;
  #machine: BootedRoot | undefined;
  #shell: Shell | undefined;

  private constructor(fleet: AgentFleet, cleanUp: AsyncDisposableStack) {
    this.fleet = fleet;
    this.#cleanUp = cleanUp;
  }

  static async boot(): Promise<UpdatedDevice> {
    requireCommands(['systemd-nspawn', 'nsenter', 'ip']);
    const cleanUp = new AsyncDisposableStack();
    const device = new UpdatedDevice(cleanUp.use(await AgentFleet.make()), cleanUp);
    try {
      await device.#openNetwork();
      await device.power();
      await device.#install();
      return device;
    } catch (error) {
      await device[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #parts(): string {
    return path.join(this.fleet.folder, 'parts');
  }

  async #openNetwork(): Promise<void> {
    must('ip', 'netns', 'add', this.#network);
    this.#cleanUp.defer(() => {
      spawnSync('ip', ['netns', 'delete', this.#network]);
    });
    must('ip', '-n', this.#network, 'link', 'set', 'lo', 'up');
    mkdirSync(this.#parts);
    const program = path.join(import.meta.dirname, 'gateway-of-sorts.ts');
    const { fleet, telemetry } = this.fleet;
    const gateway = new Daemon({
      command: 'ip',
      arguments: [
        ...['netns', 'exec', this.#network, process.execPath],
        ...[program, fleet.path, telemetry.path, this.#parts],
      ],
      log: path.join(this.fleet.folder, 'gateway.log'),
    });
    this.#gateway = gateway;
    this.#cleanUp.defer(() => gateway.stop());
    if (!(await gateway.until(() => gateway.output().includes('{'), 60_000)))
      throw new Error(gateway.lastWords());
  }

  /** Boots it, or boots it anew after `cutPower`: what it wrote is there. */
  async power(): Promise<void> {
    this.#machine = await BootedRoot.boot({
      name: 'pump',
      base: baseRoot(),
      folder: path.join(this.fleet.folder, 'machine'),
      network: this.#network,
      hosts: [],
      engine: true,
      binds: { [node]: '/usr/bin/node' },
    });
    this.#shell = await this.#machine.shell();
  }

  async cutPower(): Promise<void> {
    await this.#machine?.cutPower();
  }

  async #install(): Promise<void> {
    const { device, anchor, folder, dist } = this.fleet;
    const programs = this.path('/usr/lib/towline');
    mkdirSync(programs);
    for (const name of readdirSync(dist))
      if (/^(agent|towline.*)\.js$|\.mjs$|^package\.json$/.test(name))
        cpSync(path.join(dist, name), path.join(programs, name));
    cpSync(path.join(root, 'deploy/launch'), path.join(programs, 'launch'));
    chmodSync(path.join(programs, 'launch'), 0o755);
    const units = path.join(root, 'deploy/systemd');
    cpSync(path.join(units, 'towline-agent.service'), this.path('/etc/systemd/system/towline-agent.service'));
    cpSync(path.join(units, 'towline.sysusers.conf'), this.path('/etc/sysusers.d/towline.conf'));
    cpSync(path.join(folder, 'state'), this.path('/var/lib/towline'), { recursive: true });
    mkdirSync(this.path('/etc/towline'));
    const gateways = [JSON.parse(/\{.*\}/.exec(this.#gateway?.output() ?? '')?.[0] ?? '{}')];
    const agentFile = {
      apiVersion: 'towline/v1',
      fleet: 'acme',
      device,
      anchor,
      gateways,
      logLevel: 'debug',
    };
    writeFileSync(this.path('/etc/towline/agent.yaml'), stringify(agentFile));
    await this.does('systemd-sysusers && chown -R towline: /var/lib/towline && systemctl daemon-reload');
    await this.does('systemctl enable --now towline-agent');
  }

  /** The programs and the unit, as somebody does who has a package for them: the state stays. */
  async takeOff(): Promise<void> {
    await this.does('systemctl disable --now towline-agent && systemctl reset-failed');
    await this.does(
      'rm -r /usr/lib/towline /etc/systemd/system/towline-agent.service && systemctl daemon-reload',
    );
  }

  path(inside: string): string {
    return this.#machine?.path(inside) ?? '';
  }

  /** Types it at the machine. @returns the screen @throws Error where it does not end with 0 */
  async does(command: string): Promise<string> {
    const typed = await this.#shell?.type(command);
    if (typed?.code !== 0) throw new Error(`${command}: ${typed?.code}\n${typed?.screen}`);
    return typed.screen.trim();
  }

  make(version: string, change: Partial<PartsOptions> = {}): MadeParts {
    const made = this.fleet.make(version, change);
    for (const [sha256, bytes] of this.fleet.partsOf(made))
      writeFileSync(path.join(this.#parts, sha256), bytes);
    return made;
  }

  async want(made: MadeParts): Promise<string> {
    const commit = await this.fleet.want(made);
    this.#gateway?.signal('SIGHUP');
    return commit;
  }

  /** Answers nobody for as long as this holds. */
  set isGatewayAway(isAway: boolean) {
    this.#gateway?.signal(isAway ? 'SIGUSR1' : 'SIGUSR2');
  }

  /** @returns seconds that it took */
  async until(what: string, holds: () => boolean | Promise<boolean>, seconds = 300): Promise<number> {
    const began = performance.now();
    while (!(await holds())) {
      if (performance.now() - began > seconds * 1000) {
        const log = await this.does('journalctl --unit towline-agent --no-pager --lines 60').catch(String);
        throw new Error(`${what} does not come about\n${log}`);
      }
      await sleep(200);
    }
    return (performance.now() - began) / 1000;
  }

  /** Its newest status says so. */
  says(version: string, phase?: string, code?: string): () => Promise<boolean> {
    return async () => {
      const { version: runs, update } = (await this.fleet.status())?.agent ?? {};
      return runs === version && update?.phase === phase && (code === undefined || update?.code === code);
    };
  }

  /** @returns undefined where there is no such file */
  versionsFile(name: string): string | undefined {
    const file = this.path(`/var/lib/towline/versions/${name}`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#machine?.stop();
    await this.#cleanUp.disposeAsync();
  }
}
