/** How a change of the gateway's page is pushed: as that person's own push, by the same right, through the same door. */
import { Writable } from 'node:stream';
import type { UnsignedCommit } from '../../core/change/commit-of.ts';
import { FleetLoads } from '../../core/change/fleet-loads.ts';
import { TowlineError } from '../../core/errors.ts';
import type { LoadOptions } from '../../core/fleet/load.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { TrustedState, WalkStop } from '../../core/trust/walk.ts';
import type { Way } from '../../portal/api/types.generated.ts';
import type { ChangeHome, MainLook, PushAnswer, Pushed } from '../../portal/home/change-home.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { mainRef } from '../git/served-refs.ts';
import type { PeopleGit, RefusedRef } from '../people/people-git.ts';
import { PendingRefs } from './push-pending.ts';
import { whileMayPush } from './push-right.ts';
import { PushStream } from './push-stream.ts';
import { gatewayWays } from './push-ways.ts';

export interface GatewayChangesOptions {
  readonly settings: {
    readonly fleetGit: string;
    readonly fleet: string;
    readonly upstream: { readonly url: string } | undefined;
  };
  readonly main: {
    readonly trusted: TrustedState | undefined;
    readonly stopped: WalkStop | undefined;
    /** Those of main, as they were read: a change reads the others. */
    readonly files: NonNullable<LoadOptions['cache']>;
  };
  readonly git: PeopleGit;
  readonly runner: GitRunner;
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly objects: ObjectSource;
  readonly portal: { readonly origin: string };
  readonly log: Pick<Log, 'warn'>;
  readonly clock: Clock;
}

const action = 'git receive-pack fleet';
const maxWords = 16 * 1024;

export class GatewayChanges implements ChangeHome {
  readonly origin: string;
  readonly #options: GatewayChangesOptions;
  readonly #pending: PendingRefs;
  readonly #stop = new AbortController();
  readonly #policies: MainLook['policies'] = new Map();
  readonly #loads: FleetLoads;

  /** What was kept by a run before is forgotten; where that cannot be, such as on a full disk, it harms nobody. */
  static async open(options: GatewayChangesOptions): Promise<GatewayChanges> {
    const changes = new GatewayChanges(options);
    await changes.#pending.sweep(changes.#stop.signal).catch((error: unknown) => {
      options.log.warn({ err: error }, 'pending changes of a run before are not forgotten');
    });
    return changes;
  }

  private constructor(options: GatewayChangesOptions) {
    this.#options = options;
    const { runner, settings, portal, clock } = options;
    this.origin = portal.origin;
    this.#loads = new FleetLoads(options.main.files);
    this.#pending = new PendingRefs({ runner, clock, fleetGit: settings.fleetGit });
  }

  ways(viewer: Viewer): readonly Way[] {
    return gatewayWays(viewer, this.#options.settings.upstream);
  }

  async look(): Promise<MainLook> {
    const { main, objects } = this.#options;
    const { trusted, stopped } = main;
    if (stopped !== undefined)
      throw new TowlineError(stopped.code, `main is not trusted, at ${stopped.commit}: ${stopped.message}`);
    if (trusted === undefined) throw new TowlineError('PORTAL_NOT_READY', 'main is not read yet');
    const versions = (path: string, most: number) => this.#versions(trusted.commit, path, most);
    return {
      ...{ trusted, objects, versions, policies: this.#policies, loads: this.#loads },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  async author({ name }: Viewer): Promise<{ name: string; email: string; zone: string }> {
    return { name, email: `${name}@${this.#options.settings.fleet}`, zone: '+0000' };
  }

  async keep(id: string, commit: UnsignedCommit, viewer: Viewer, signal: AbortSignal): Promise<void> {
    // Who may put nothing there puts nothing there by the page.
    if (viewer.pushes() !== 'none') await this.#pending.keep(id, commit, viewer.name, signal);
  }

  async forget(id: string): Promise<void> {
    await this.#pending.forget(id, this.#stop.signal);
  }

  async push(pushed: Pushed, signal: AbortSignal): Promise<PushAnswer> {
    const { viewer, what } = pushed;
    const audit = this.#auditOf(viewer);
    try {
      using right = whileMayPush(this.#options, viewer, signal);
      audit({ outcome: 'allowed', message: `${what}, from the portal` });
      const answer = await this.#run(pushed, right.signal);
      audit({
        outcome: 'ended',
        details: { commit: pushed.commit, ref: pushed.ref, taken: answer.outcome === 'taken' },
      });
      return answer;
    } catch (error) {
      if (error instanceof TowlineError) {
        const { code, message } = error;
        audit({ outcome: 'refused', code, message });
      }
      throw error;
    }
  }

  #auditOf(
    viewer: Viewer,
  ): (event: Omit<Parameters<Audit['write']>[0], 'action'> & { action?: string }) => void {
    const from = 'from' in viewer && typeof viewer.from === 'string' ? { from: viewer.from } : {};
    return event => this.#options.audit.write({ action, who: viewer.name, ...from, ...event });
  }

  /** @throws TowlineError CLI_PUSH_REFUSED with the door's own words */
  async #run({ viewer, ref, base, commit, objects }: Pushed, signal: AbortSignal): Promise<PushAnswer> {
    const { git, settings } = this.#options;
    const stream = new PushStream({ ref, old: ref === mainRef ? base : undefined, commit, objects });
    const refused: RefusedRef[] = [];
    let said = '';
    const stderr = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said = (said + chunk.toString('utf8')).slice(-maxWords);
        done();
      },
    });
    await git.run({
      ...{ service: 'receive-pack', repository: 'fleet', operator: viewer.name, stream, stderr, signal },
      requestsOnly: viewer.pushes() !== 'all',
      environment: {},
      onRefused: each => refused.push(each),
    });
    const words = said.split('\n').filter(line => line.trim() !== '');
    const refusal = stream.refusal();
    if (refusal === undefined) return { outcome: 'taken', words };
    if (ref === mainRef) {
      const main = await readRef(settings.fleetGit, mainRef);
      // git may have moved it although it then failed to say so.
      if (main === commit) return { outcome: 'taken', words };
      if (main !== base) return { outcome: 'moved' };
    }
    const [first] = refused;
    throw new TowlineError(first?.code ?? 'CLI_PUSH_REFUSED', [...words, refusal].join('; ').slice(0, 2000));
  }

  async #versions(commit: ObjectId, path: string, most: number): Promise<readonly ObjectId[]> {
    const { runner, settings } = this.#options;
    const output: Buffer[] = [];
    const job = {
      lane: 'own' as const,
      arguments: [
        ...['--git-dir', settings.fleetGit, 'log', '--first-parent', `-n${most}`, '--format=%H'],
        ...[commit, '--', `:(top,literal)${path}`],
      ],
      onOutput: (chunk: Buffer) => {
        output.push(chunk);
      },
    };
    const { code, stderr } = await runner.run(job, this.#stop.signal);
    if (code !== 0) throw new TowlineError('GATEWAY_GIT_FAILED', `git log failed: ${stderr.trim()}`);
    return Buffer.concat(output)
      .toString('latin1')
      .split('\n')
      .filter(id => id !== '');
  }

  close(): void {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
  }
}
