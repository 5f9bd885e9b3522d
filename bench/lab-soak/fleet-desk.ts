/** What the person of a soak does at the desk, one thing after the other: releases, settings, rollouts, tunnels, and what devices say. */
import type { Lab } from '../../lab/sites/lab.ts';
import type { Said } from './convergence.ts';

const app = 'hello';
const group = 'groups/canary.yaml';
export const goodReleases = ['1.0.0', '1.1.0'] as const;
const badRelease = '1.2.0';
const fetchTimeoutMs = 120_000;

export class FleetDesk {
  readonly #lab: Lab;
  #turn: Promise<unknown> = Promise.resolve();
  #changes = 0;
  /** Tips of telemetry branches that the gateway has acknowledged by serving them. */
  readonly #tips = new Map<string, string>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Two commands that write the clone at once would be in each other's way. */
  async #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  async #mainsTree(): Promise<void> {
    const { desk } = this.#lab;
    await desk.run('git', ['fetch', '--quiet', 'gateway', 'main'], { timeoutMs: fetchTimeoutMs });
    await desk.run('git', ['reset', '--quiet', '--hard', 'FETCH_HEAD']);
  }

  /** @returns the commit, on main of every gateway */
  async #committed(message: string): Promise<string> {
    const commit = await this.#lab.desk.commit(message);
    await this.#lab.desk.run('git', ['push', '--quiet'], { timeoutMs: fetchTimeoutMs });
    return commit;
  }

  async #head(): Promise<string> {
    await this.#mainsTree();
    return (await this.#lab.desk.run('git', ['rev-parse', 'HEAD'])).trim();
  }

  /** The three releases that the lab's registry has images of. @returns the commit */
  makeReleases(): Promise<string> {
    return this.#alone(async () => {
      const { desk } = this.#lab;
      await this.#mainsTree();
      for (const version of [badRelease, ...goodReleases.toReversed()])
        await desk.run('towline', ['release', app, version]);
      desk.edit(group, [['apps', app, 'release'], goodReleases[0]]);
      desk.edit(
        'fleet.yaml',
        [['telemetry', 'schedule'], '* * * * *'],
        [['telemetry', 'metrics', 'interval'], '30s'],
      );
      return await this.#committed('Releases of hello');
    });
  }

  /** A variable of the group: containers that use it are made anew. */
  setting(): Promise<string> {
    return this.#alone(async () => {
      await this.#mainsTree();
      this.#changes += 1;
      this.#lab.desk.edit(group, [['variables', 'GREETING'], `change ${this.#changes}`]);
      return await this.#committed(`A setting, ${this.#changes}`);
    });
  }

  #assigned(): string {
    return /^ {4}release: "?([\w.]+)/m.exec(this.#lab.desk.read(group))?.[1] ?? goodReleases[0];
  }

  #other(): string {
    return this.#assigned() === goodReleases[0] ? goodReleases[1] : goodReleases[0];
  }

  #assign(version: string): Promise<string> {
    this.#lab.desk.edit(group, [['apps', app, 'release'], version]);
    return this.#committed(`hello ${version}`);
  }

  /** The other good release, at once. */
  goodRelease(): Promise<string> {
    return this.#alone(async () => {
      await this.#mainsTree();
      return await this.#assign(this.#other());
    });
  }

  /** One that never becomes healthy. */
  badRelease(): Promise<string> {
    return this.#alone(async () => {
      await this.#mainsTree();
      return await this.#assign(badRelease);
    });
  }

  /** Away from the bad one. */
  goodAgain(): Promise<string> {
    return this.#alone(async () => {
      await this.#mainsTree();
      return await this.#assign(goodReleases[0]);
    });
  }

  /** The other good release walks through the fleet: half of it first. @returns its name, and the commit */
  beginRollout(): Promise<{ readonly name: string; readonly commit: string }> {
    return this.#alone(async () => {
      await this.#mainsTree();
      const name = `walk-${Date.now()}`;
      const stages = ['--stages', 'half:50%,rest:all', '--name', name, '--yes', '--allow-downgrade'];
      const words = ['rollout', 'start', app, this.#other(), '--from', this.#assigned(), ...stages];
      await this.#lab.desk.run('towline', words);
      return { name, commit: await this.#head() };
    });
  }

  /** One step of a rollout. @returns the commit */
  walkOn(name: string, step: 'promote' | 'finish'): Promise<string> {
    return this.#alone(async () => {
      await this.#mainsTree();
      const more = step === 'promote' ? ['--now'] : [];
      const words = ['rollout', step, `${app}/${name}`, '--yes', '--allow-downgrade', ...more];
      await this.#lab.desk.run('towline', words);
      return await this.#head();
    });
  }

  /** @returns the commit */
  tunnel(device: string, state: 'open' | 'close'): Promise<string> {
    return this.#alone(async () => {
      const words = state === 'open' ? ['--for', '10m', '--reason', 'soak'] : [];
      await this.#lab.desk.run('towline', ['tunnel', state, device, '--no-wait', ...words]);
      return await this.#head();
    });
  }

  /** Stock ssh through the tunnel, to the device's own sshd. @throws where it does not say what it was asked for */
  async visit(device: string, words: string): Promise<void> {
    const { desk } = this.#lab;
    const options = ['-F', desk.sshConfig, '-o', 'ConnectTimeout=20', '-o', 'ServerAliveInterval=10'];
    const said = await desk.run('ssh', [...options, `${device}.host`, 'echo', words], { timeoutMs: 60_000 });
    if (said.trim() !== words) throw new Error(`ssh said ${said.slice(0, 100)}`);
  }

  /** Fetches what devices have sent. @returns device → what was lost of what had been there before */
  async fetch(signal: AbortSignal): Promise<Map<string, string>> {
    const { telemetry, desk, plan } = this.#lab;
    await telemetry.fetch(signal);
    const lost = new Map<string, string>();
    const git = ['--git-dir', telemetry.directory];
    const format = '--format=%(refname) %(objectname)';
    for (const { name } of plan.gateways) {
      const refs = await desk.run('git', [...git, 'for-each-ref', format, `refs/remotes/${name}`]);
      for (const line of refs.trim().split('\n')) {
        const [ref = '', tip = ''] = line.split(' ');
        const last = this.#tips.get(ref);
        this.#tips.set(ref, tip);
        if (last === undefined || last === tip) continue;
        const { code } = await desk.try('git', [...git, 'merge-base', '--is-ancestor', last, tip]);
        if (code !== 0)
          lost.set(ref.split('/').at(-1) ?? ref, `${last.slice(0, 12)} is not behind ${tip.slice(0, 12)}`);
      }
    }
    return lost;
  }

  async said(device: string): Promise<Said | undefined> {
    const status = await this.#lab.telemetry.status(device);
    return status && { followed: status.followed ?? status.trusted.commit, outcome: status.outcome };
  }

  /** Commits of a device's branch. */
  async commits(device: string): Promise<number> {
    return (await this.#lab.telemetry.log(device, '--format=%h')).trim().split('\n').length;
  }
}
