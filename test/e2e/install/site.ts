/** A gateway that install.sh has put on a machine, a desk at it, and machines that have nothing yet; systemd has booted all. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BootedRoot } from '../../../lab/root/booted-root.ts';
import { makeParts } from '../../../scripts/package/parts.ts';
import type { Seat } from '../../../scripts/walk/seat.ts';
import { registryAddress, Stage } from '../../../scripts/walk/stage.ts';
import { bundled } from '../../deploy/bundled.ts';

const address = 'gateway.example.com:8443';
const telemetry = 'ssh://git@gateway.example.com:2222/telemetry.git';
/** Where versions of Towline lie on each machine, as a stick would have them. */
const packages = '/mnt/packages';
const fleet = '/root/pumps';

const versions = ['0.8.0', '0.9.0'] as const;

export class Site implements AsyncDisposable {
  readonly stage = new Stage(new Map());
  /** At the machine of the gateway, where its fleet is made, too. */
  #desk: Seat | undefined;

  /** What each version of the agent is made of, in a folder of its name. */
  async set(): Promise<void> {
    await this.stage.set();
    const dist = path.join(this.stage.folder, 'dist');
    await bundled(dist);
    for (const version of versions) {
      const folder = path.join(this.packages, version);
      mkdirSync(folder, { recursive: true });
      makeParts({ dist, folder, version, architectures: ['amd64'], gateway: true });
    }
    const machine = await this.stage.boot('server', { binds: { [this.packages]: packages } });
    this.#desk = await this.stage.seat('root', machine);
    await this.#makeFleet(machine);
  }

  /** On this machine: a folder for each version. */
  get packages(): string {
    return path.join(this.stage.folder, 'packages');
  }

  get desk(): Seat {
    if (this.#desk === undefined) throw new Error('there is no desk yet');
    return this.#desk;
  }

  async #makeFleet(server: BootedRoot): Promise<void> {
    const { desk } = this;
    await desk.does(`sh ${packages}/0.8.0/install.sh --gateway`);
    await desk.does("ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519");
    await desk.does(
      'git config --global user.name alice && git config --global user.email alice@example.com',
    );
    const made = await desk.does(
      `towline init ${fleet} --name acme-pumps --person alice --ssh-key ~/.ssh/id_ed25519.pub --gateway ${address} --registry ${registryAddress}`,
    );
    const anchor = /anchor of its devices: ([0-9a-f]{40})/.exec(made)?.[1] ?? '';
    await desk.does(`cd ${fleet}`);
    const screen = await desk.does(
      `towline gateway init --repo ${fleet} --anchor ${anchor} --address ${address} && chown -R towline-gateway: /var/lib/towline-gateway && systemctl start towline-gateway`,
    );
    const fingerprint = /Fingerprint of its keys: (\S+)/.exec(screen)?.[1] ?? '';
    await desk.until('journalctl --unit towline-gateway --no-pager', /gateway is up/);
    await desk.does(`towline gateway accept --address ${address}`, {
      answers: [[/[Ff]ingerprint that/, fingerprint]],
    });
    // In each group the example app is assigned by its release.
    const file = server.path(`${fleet}/fleet.yaml`);
    writeFileSync(file, `${readFileSync(file, 'utf8')}agent: { version: 0.8.0 }\n`);
    for (const version of versions) await desk.does(this.#listed(version));
    await desk.does("sed -i 's/^version: 1$/version: 2/' trust/policy.yaml");
    await desk.does('git add --all && git commit --quiet --message "The gateway, and an agent"');
    await desk.does(
      'git remote add origin ssh://git@gateway.example.com:2222/fleet.git && git push --quiet --set-upstream origin main',
      { answers: [[/continue connecting/, 'yes']] },
    );
    await desk.does(`git config towline.telemetry ${telemetry}`);
    for (const version of versions) await desk.does(`towline agents push ${packages}/${version}`);
  }

  /** As `towline agents add` lists it; there is no main yet that it could push. */
  #listed(version: string): string {
    return `mkdir -p trust/agents && cp ${packages}/${version}/towline-agent_${version}.yaml trust/agents/${version}.yaml`;
  }

  /** The example app, of images that its engine has pushed. */
  async release(machine: BootedRoot): Promise<void> {
    await this.stage.images(machine, '1.0.0', 'web');
    await this.desk.does(
      'towline release hello 1.0.0 --assign groups/canary.yaml && git add --all && git commit --quiet -m "hello 1.0.0" && git push --quiet',
    );
  }

  /** @param words of `towline device add` @returns what it printed, as data */
  async add(id: string, ...words: string[]): Promise<Record<string, string>> {
    const screen = await this.desk.does(
      `git pull --quiet --rebase && towline device add ${id} --group canary --commit --json ${words.join(' ')}`,
    );
    return JSON.parse(/\{.*\}/s.exec(screen)?.[0] ?? '{}');
  }

  /** What the device shows is read out, and a person accepts it. */
  async accept(id: string, fingerprint: string): Promise<void> {
    await this.desk.does(
      `git pull --quiet --rebase && towline device accept ${id} --telemetry ${telemetry}`,
      { answers: [[/Fingerprint that/, fingerprint]] },
    );
    await this.desk.does(`git commit --quiet --all --message "Accept ${id}" && git push --quiet`);
  }

  async until(id: string, shows: RegExp): Promise<string> {
    return await this.desk.until(
      `git fetch --quiet ${telemetry} telemetry/${id} && git show FETCH_HEAD:status.yaml`,
      shows,
    );
  }

  /** One that has an engine, and nothing of ours. */
  async device(name: string, base?: string): Promise<{ machine: BootedRoot; seat: Seat }> {
    const machine = await this.stage.boot(name, {
      engine: true,
      binds: { [this.packages]: packages },
      ...(base === undefined ? {} : { base }),
    });
    // A bare Debian fetches by neither.
    if (base === undefined) machine.install('wget');
    const seat = await this.stage.seat('root', machine);
    await seat.until('systemctl is-active docker', /^active/);
    return { machine, seat };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }
}

/** Until a screen that is being written shows it. */
export async function shown(seat: Seat, what: RegExp, timeoutMs = 180_000): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const [, found] = what.exec(seat.shell.screen) ?? [];
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`${seat.who} does not show ${what.source}:\n${seat.shell.screen}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
