/**
 * Images that come ahead, beside the passes: one at a time, for as long as they take, while passes go on. A pull that has begun
 * goes on to its end, as an engine keeps nothing of one that is cut, unless nothing wants its image any more.
 */

import type { DesiredState } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Download } from '../../core/plan/downloads.ts';
import { pullsAllowed } from '../../core/plan/maintenance-window.ts';
import { mayTry, nextTry } from '../../core/plan/next-try.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { wantedImages } from '../../core/plan/service-images.ts';
import type { StepOf } from '../../core/plan/step.ts';
import { timeWord } from '../../core/time-word.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { PullProgress, Runtime } from '../runtime/runtime.ts';
import { OpenedSecrets, type SecretAccess } from '../secrets/opened-secrets.ts';
import type { DownloadState } from './download-state.ts';
import { describe, type Failure } from './failure.ts';

export interface ImageDownloadsOptions {
  readonly runtime: Pick<Runtime, 'begin'>;
  readonly store: Pick<ProjectStore, 'noteDownloads'>;
  readonly secrets: SecretAccess | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** By the circumstances of a pass: who stands at the device waits for no window. */
export interface AskedAhead {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly downloads: readonly Download[];
}

type Pulled = Pick<Download, 'would' | 'release'>;

interface Running {
  readonly image: string;
  readonly over: AbortController;
  readonly ended: Promise<void>;
}

interface Failed extends Failure {
  readonly digest: string;
  readonly count: number;
  readonly nextMs: number;
}

/** So late may one begin whose time has come between two passes, milliseconds. */
const lookMs = 60_000;

/** One object for the life of the agent. */
export class ImageDownloads {
  readonly #options: ImageDownloadsOptions;
  #asked: AskedAhead | undefined;
  /** A pass carries out its own steps: nothing begins beside them. */
  #held = false;
  #running: Running | undefined;
  #progress: PullProgress | undefined;
  /** Images that came since somebody asked last. */
  readonly #done = new Set<string>();
  #hasEnded = false;
  readonly #failed = new Map<string, Failed>();
  readonly #stop = new AbortController();
  #onEnd: () => void = () => undefined;

  constructor(options: ImageDownloadsOptions) {
    this.#options = options;
  }

  /** How many of the places for pulls a pass has: what is to run now never waits for what comes ahead. */
  leftOf(places: number): number {
    return this.#running === undefined ? places : Math.max(1, places - 1);
  }

  /** Until it is aborted: `ring` when what was under way has ended, well or not, and when the time of one has come. */
  async watch(ring: () => void, signal: AbortSignal): Promise<void> {
    this.#onEnd = ring;
    let rungMs = 0;
    while (!signal.aborted) {
      await this.#options.clock.sleep(lookMs, signal).catch(() => undefined);
      const againMs = Math.min(...(this.#asked?.downloads ?? []).flatMap(each => each.againMs ?? []));
      if (!signal.aborted) this.#next();
      if (signal.aborted || againMs > this.#options.clock.now() || againMs === rungMs) continue;
      rungMs = againMs;
      ring();
    }
    this.#onEnd = () => undefined;
  }

  /** What is wanted from now on. What is not wanted any more ends; nothing begins before `begin`. */
  async ask(asked: AskedAhead): Promise<void> {
    const seen = new Map(asked.downloads.map(({ key, sinceMs }) => [key, sinceMs]));
    await this.#options.store.noteDownloads(seen);
    this.#asked = asked;
    this.#held = true;
    this.#done.clear();
    this.#hasEnded = false;
    const names = wantedImages(asked.desired);
    for (const image of this.#failed.keys()) if (!names.has(image)) this.#failed.delete(image);
    if (!names.has(this.#running?.image ?? '')) this.#running?.over.abort(new Error('nothing wants it'));
  }

  begin(): void {
    this.#held = false;
    this.#next();
  }

  /** What it was asked for is not followed now: nothing begins until somebody asks again. */
  wait(): void {
    this.#held = true;
  }

  /** Resolves when nothing is under way. @returns whether something was, since somebody asked last */
  async settled(): Promise<boolean> {
    while (this.#running !== undefined) await this.#running.ended;
    return this.#hasEnded;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the agent is stopping'));
    await this.settled();
  }

  /** Undefined before somebody has asked. */
  get now(): DownloadState[] | undefined {
    return this.#asked?.downloads.map(download => this.#stateOf(download));
  }

  #stateOf(download: Download): DownloadState {
    const { app, project, release, sinceMs, totalBytes, missingBytes = 0, steps } = download;
    const running = steps.some(({ image }) => image === this.#running?.image);
    const came = running ? (this.#progress?.bytes ?? 0) : 0;
    const bytes =
      totalBytes === undefined ? undefined : totalBytes - missingBytes + Math.min(came, missingBytes);
    const base = { app, project, release, sinceMs, totalBytes, bytes };
    if (running) return { ...base, state: 'downloading', reason: '', code: undefined };
    if (steps.length > 0 && steps.every(({ image }) => this.#done.has(image)))
      return { ...base, bytes: totalBytes, state: 'there', reason: 'its images are there', code: undefined };
    if (download.state !== 'due')
      return { ...base, state: download.state, reason: download.reason, code: download.code };
    const failed = steps.map(({ image }) => this.#failed.get(image)).find(found => found !== undefined);
    if (failed === undefined)
      return { ...base, state: 'waiting', reason: 'its download comes after others', code: undefined };
    const reason = `${failed.message}; next try at ${timeWord(failed.nextMs)}`;
    return { ...base, state: 'waiting', reason, code: failed.code };
  }

  #next(): void {
    const asked = this.#asked;
    if (asked === undefined || this.#held || this.#running !== undefined || this.#stop.signal.aborted) return;
    const nowMs = this.#options.clock.now();
    if (!pullsAllowed(asked.desired.settings.windows, nowMs)) return;
    const [first] = asked.downloads
      .filter(({ state }) => state === 'due')
      .flatMap(({ steps, ...download }) =>
        steps.filter(({ image }) => this.#isDue(image, nowMs)).map(step => ({ step, download })),
      );
    if (first !== undefined) this.#start(asked, first.download, first.step);
  }

  #isDue(image: string, nowMs: number): boolean {
    return !this.#done.has(image) && mayTry(this.#failed.get(image), nowMs);
  }

  #start(asked: AskedAhead, download: Pulled, step: StepOf<'pull-image'>): void {
    const over = new AbortController();
    this.#progress = undefined;
    const signal = AbortSignal.any([over.signal, this.#stop.signal]);
    const ended = this.#pull(asked, download, step, signal).finally(() => {
      this.#running = undefined;
      this.#hasEnded = true;
      this.#next();
      if (this.#running === undefined && !this.#stop.signal.aborted) this.#onEnd();
    });
    this.#running = { image: step.image, over, ended };
  }

  /** Never throws. */
  async #pull(
    { desired, observed }: AskedAhead,
    { would, release }: Pulled,
    step: StepOf<'pull-image'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { runtime, secrets, clock, log } = this.#options;
    const { image, project } = step;
    try {
      const targets = new Map(would === undefined ? [] : [[project, would] as const]);
      const run = runtime.begin({
        plan: { steps: [step], skipped: [], notices: [], targets },
        observed,
        owner: { device: desired.device, fleet: desired.fleet },
        secrets: new OpenedSecrets(secrets, desired),
        log,
        images: desired.settings.images,
        onPull: progress => {
          if (progress.over !== true) this.#progress = progress;
        },
      });
      log.info({ project, release, image }, 'an image comes ahead');
      await run(step, signal);
      this.#failed.delete(image);
      this.#done.add(image);
    } catch (error) {
      if (signal.aborted)
        return log.info({ project, image, why: messageOf(signal.reason) }, 'a download has ended');
      const { count, nextMs, words } = nextTry(this.#failed.get(image), image, clock.now());
      const failure = describe(error);
      this.#failed.set(image, { ...failure, digest: image, count, nextMs });
      log.warn(
        { project, image, code: failure.code, error: failure.message, next: words },
        'an image did not come ahead',
      );
    }
  }
}
