/** Git for people: stock clients over SSH, answered by stock git on the gateway's bare repositories. */
import { once } from 'node:events';
import type { Duplex, Writable } from 'node:stream';
import type { ErrorCode } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { PushReport } from '../git/push-report.ts';
import { mainRef } from '../git/served-refs.ts';
import { SilenceWatch, WantFinder } from '../git/silence.ts';
import type { UpdateHook } from '../git/update-hook.ts';
import { RequestPushes } from './request-pushes.ts';
import { HidingSettings, type SeenBranches } from './seen-branches.ts';

export interface PeopleGitRequest {
  readonly service: 'upload-pack' | 'receive-pack';
  readonly repository: 'fleet' | 'telemetry';
  /** Operator's name; admission has been asked already. */
  readonly operator: string;
  /** The client's side: what it sends is read, what git answers is written. `run` does not end it. */
  readonly stream: Duplex;
  readonly stderr: Writable;
  /** This ref of a push was not taken. */
  readonly onRefused: (refused: RefusedRef) => void;
  /** Only GIT_PROTOCOL is looked at. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of a push: branches of their own requests, and no more. */
  readonly requestsOnly?: boolean;
  /** Of telemetry.git: undefined is all of it. */
  readonly seen?: SeenBranches | undefined;
  readonly signal: AbortSignal;
}

export interface RefusedRef {
  readonly ref: string;
  /** In git's own words. */
  readonly reason: string;
  readonly code?: ErrorCode;
}

export interface PeopleGit {
  /**
   * Runs one git service to its end. After a push to fleet.git the gateway has walked again and published its view.
   * @throws TowlineError GATEWAY_SESSION_SILENT, GATEWAY_BUSY, GATEWAY_RATE_LIMITED
   * @returns the exit code to hand to the client.
   */
  run(request: PeopleGitRequest): Promise<number>;
}

export interface SpawnedPeopleGitOptions {
  readonly runner: GitRunner;
  readonly clock: Clock;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  /** What pushes to fleet.git pass; nothing unless it is given. */
  readonly fleetHook?: UpdateHook;
  /** Reads the refs again, walks and publishes. */
  readonly afterPush: () => Promise<void>;
}

/** Largest push to fleet.git, bytes. */
const maxPushBytes = 256 * 1024 * 1024;

/**
 * What people may do to fleet.git: refs move forward only (a draft that was rewritten is pushed under a new name, or
 * deleted first), and the branch that HEAD names, main, is not deleted. Devices would refuse a rewound main anyway;
 * here its pusher hears of it at once.
 */
export const receiveSettings: readonly string[] = [
  '-c',
  'receive.fsckObjects=true',
  '-c',
  'receive.denyNonFastForwards=true',
  '-c',
  'receive.denyDeleteCurrent=refuse',
  '-c',
  `receive.maxInputSize=${maxPushBytes}`,
];

export class SpawnedPeopleGit implements PeopleGit {
  readonly #options: SpawnedPeopleGitOptions;
  readonly #silence: SilenceWatch;
  readonly #requests: RequestPushes;

  constructor(options: SpawnedPeopleGitOptions) {
    this.#options = options;
    this.#requests = new RequestPushes(options.clock);
    this.#silence = new SilenceWatch(options.clock, lane => options.runner.isCrowded(lane));
  }

  async run(request: PeopleGitRequest): Promise<number> {
    const { service, repository, operator, stream, stderr, onRefused, environment } = request;
    const { runner, fleetGit, telemetryGit, fleetHook, afterPush } = this.#options;
    const isPush = service === 'receive-pack';
    const requestsOnly = isPush && request.requestsOnly === true;
    // Who may push some refs alone pushes none where nothing asks which they are.
    if (isPush && (repository === 'telemetry' || (requestsOnly && fleetHook === undefined))) return 128;
    const asked = requestsOnly ? this.#requests.begin(operator) : undefined;
    const folder = repository === 'fleet' ? fleetGit : telemetryGit;
    const report = new PushReport();
    const { seen } = request;
    await using hiding = seen === undefined ? undefined : await HidingSettings.write(seen);
    const protocol = hiding === undefined ? (environment.GIT_PROTOCOL ?? '') : 'version=0';
    const lane = isPush ? 'pushes' : 'fetches';
    using session = this.#silence.open(lane, service === 'upload-pack');
    const signal = AbortSignal.any([request.signal, session.signal]);
    const want = new WantFinder();
    const { code } = await runner.run(
      {
        lane,
        who: operator,
        onStart: session.begin,
        onInput: chunk => {
          session.heard();
          if (want.look(chunk)) session.asked();
        },
        arguments: isPush
          ? [
              ...receiveSettings,
              ...(asked?.arguments ?? []),
              ...hooksIn(fleetHook?.folder),
              ...['receive-pack', folder],
            ]
          : [...(hiding?.arguments ?? []), 'upload-pack', '--strict', folder],
        environment: {
          ...(/^[a-z0-9=:]{1,64}$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
          ...asked?.environment,
        },
        input: stream,
        onOutput: async chunk => {
          if (isPush) report.add(chunk);
          await write(stream, chunk, signal);
          session.heard();
        },
        onErrorOutput: chunk => {
          stderr.write(chunk);
        },
      },
      signal,
    );
    // git may have moved refs although it then failed to say so.
    if (isPush) await afterPush();
    for (const [ref, reason] of report.refused()) {
      // The one hook that there is.
      const isHooks = fleetHook !== undefined && reason === 'hook declined';
      const code = ref === mainRef && !requestsOnly ? fleetHook?.code : 'GATEWAY_PUSH_REF_FORBIDDEN';
      onRefused({ ref, reason, ...(isHooks && code !== undefined ? { code } : {}) });
    }
    return code < 0 ? 128 : code;
  }
}

function hooksIn(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['-c', `core.hooksPath=${folder}`];
}

async function write(stream: Duplex, chunk: Buffer, signal: AbortSignal): Promise<void> {
  if (!stream.write(chunk)) await once(stream, 'drain', { signal });
}
