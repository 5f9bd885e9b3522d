/** The repository that devices report to: here, or at a gateway. */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sha256 } from '../../core/canonical-json.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { lockFolder } from '../../core/io/file/state-lock.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import { fetchFrom, fetchRefs, listRefs, refsIn } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { remembered } from '../desk/remembered.ts';
import { openRepository } from '../desk/repository.ts';

/** A repository with telemetry branches: on this machine, or fetched into a folder. */
export interface TelemetryRepository extends AsyncDisposable {
  readonly directory: string;
  /** Asks again where it was fetched from. @throws TowlineError as `openTelemetry` */
  refresh(signal: AbortSignal): Promise<void>;
}

const refspec = `+${telemetryRefs}*:${telemetryRefs}*`;

/**
 * @param place a folder, or anything that git fetches from
 * @param keptIn the git directory of a clone that keeps what is fetched, so that the next time only what is new comes; without
 *   it the folder goes away again
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY
 */
export async function openTelemetry(
  place: string,
  signal: AbortSignal,
  keptIn?: string,
): Promise<TelemetryRepository> {
  try {
    const { gitDirectory } = await openRepository(place);
    const nothing = async () => undefined;
    return { directory: gitDirectory, refresh: nothing, [Symbol.asyncDispose]: nothing };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
  }
  const kept = keptIn === undefined ? undefined : await openKept(place, keptIn, signal);
  return kept ?? (await openPassing(place, signal));
}

async function openPassing(place: string, signal: AbortSignal): Promise<TelemetryRepository> {
  const directory = await mkdtemp(path.join(tmpdir(), 'towline-telemetry-'));
  const refresh = (now: AbortSignal) => fetchFrom(place, refspec, directory, now);
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await git(['init', '--quiet', '--bare', '--object-format=sha1'], { directory });
    await refresh(signal);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory, refresh, [Symbol.asyncDispose]: remove };
}

/**
 * What a clone keeps, as it was fetched last: nobody is asked yet. For who looks on for long, and also without a network.
 * @returns undefined: nothing is kept here, or another verb has it just now
 */
export async function keptTelemetry(place: string, keptIn: string): Promise<TelemetryRepository | undefined> {
  const directory = keptFolder(place, keptIn);
  const lock = await locked(directory);
  if (lock === undefined) return undefined;
  const dispose = () => lock[Symbol.asyncDispose]();
  if (await isWhole(directory)) {
    const refresh = (now: AbortSignal) => fetchNew(place, directory, now);
    return { directory, refresh, [Symbol.asyncDispose]: dispose };
  }
  await dispose();
  return undefined;
}

function keptFolder(place: string, keptIn: string): string {
  return path.join(keptIn, 'towline', `telemetry-${sha256(place).slice(0, 16)}`);
}

/**
 * It may be lost or damaged at any time: then all is fetched once more.
 * @returns undefined: another verb has it just now, or it cannot be kept here
 */
async function openKept(
  place: string,
  keptIn: string,
  signal: AbortSignal,
): Promise<TelemetryRepository | undefined> {
  const directory = keptFolder(place, keptIn);
  const lock = await locked(directory);
  if (lock === undefined) return undefined;
  const dispose = () => lock[Symbol.asyncDispose]();
  const refresh = (now: AbortSignal) => fetchNew(place, directory, now);
  try {
    if (await isWhole(directory)) {
      await refresh(signal);
      await git([...tidy, 'gc', '--auto', '--quiet'], { directory, signal });
    } else await fetchWhole(place, directory, signal);
  } catch (error) {
    await dispose();
    if (!isTowlineError(error) || isAnswer(error)) throw error;
    // What stands in the way may be the folder itself.
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
  return { directory, refresh, [Symbol.asyncDispose]: dispose };
}

/** git looks for a damaged one further up, and there is the person’s clone. */
async function isWhole(directory: string): Promise<boolean> {
  if (!existsSync(path.join(directory, 'packed-refs'))) return false;
  const { gitDirectory } = await openRepository(directory);
  return (await realpath(gitDirectory)) === (await realpath(directory));
}

/** Said by the gateway, or of the way to it: the folder has no part in it. */
const isAnswer = ({ code }: TowlineError) =>
  code === 'CLI_GATEWAY_UNREACHABLE' || code === 'CLI_GATEWAY_REFUSED';

/** Where something else goes wrong: it is asked anew, and then has its own name. */
const otherwise = 'CLI_GIT';

/** What devices said before is nobody's need: it goes with the next packing. */
const tidy = ['-c', 'gc.auto=5000', '-c', 'gc.pruneExpire=now', '-c', 'gc.autoDetach=false'] as const;

async function locked(directory: string): Promise<AsyncDisposable | undefined> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await lockFolder(directory, {
      name: 'towline.lock',
      who: 'towline',
      inUse: 'CLI_GIT',
      unusable: 'CLI_GIT',
    });
  } catch {
    return undefined;
  }
}

/** The newest commits alone: what devices said in between is much, with all their logs, and no status asks for it. */
async function fetchNew(place: string, directory: string, signal: AbortSignal): Promise<void> {
  const there = await listRefs({ place, refs: [`${telemetryRefs}*`], directory, otherwise }, signal);
  const form = '--format=%(objectname)%09%(refname)';
  const here = refsIn(await git(['for-each-ref', form, telemetryRefs], { directory, signal }));
  // To ask for the newest of ten thousand that are here takes git a second.
  if (here.size === there.size && [...here].every(([ref, id]) => there.get(ref) === id)) return;
  await fetchRefs({ place, refspecs: [refspec], directory, depth: 1, otherwise }, signal);
}

/** The newest commit of each branch; git looks through one file of refs faster than through one file for each. */
async function fetchWhole(place: string, directory: string, signal: AbortSignal): Promise<void> {
  await git(['init', '--quiet', '--bare', '--object-format=sha1'], { directory });
  await fetchFrom(place, refspec, directory, signal);
  await git(['pack-refs', '--all'], { directory, signal });
}

/**
 * Where telemetry is read: the option, else what this clone remembers as `towline.telemetry`.
 * @throws TowlineError CLI_USAGE
 */
export async function telemetryPlace(option: string | undefined, repo: string): Promise<string> {
  const place = option ?? (await remembered(repo, 'telemetry'));
  if (place !== undefined && place !== '') return place;
  const message = 'where is telemetry? --telemetry URL, or once: git config towline.telemetry URL';
  throw new TowlineError('CLI_USAGE', message);
}
