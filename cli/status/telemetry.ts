/** The repository that devices report to: here, or at a gateway. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import { fetchFrom } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { remembered } from '../desk/remembered.ts';
import { openRepository } from '../desk/repository.ts';

/** A repository with telemetry branches: on this machine, or fetched into a folder that goes away again. */
export interface TelemetryRepository extends AsyncDisposable {
  readonly directory: string;
  /** Asks again where it was fetched from. @throws TowlineError as `openTelemetry` */
  refresh(signal: AbortSignal): Promise<void>;
}

/**
 * @param place a folder, or anything that git fetches from
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY
 */
export async function openTelemetry(place: string, signal: AbortSignal): Promise<TelemetryRepository> {
  try {
    const { gitDirectory } = await openRepository(place);
    const nothing = async () => undefined;
    return { directory: gitDirectory, refresh: nothing, [Symbol.asyncDispose]: nothing };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'towline-telemetry-'));
  const refresh = (now: AbortSignal) =>
    fetchFrom(place, `+${telemetryRefs}*:${telemetryRefs}*`, directory, now);
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
 * Where telemetry is read: the option, else what this clone remembers as `towline.telemetry`.
 * @throws TowlineError CLI_USAGE
 */
export async function telemetryPlace(option: string | undefined, repo: string): Promise<string> {
  const place = option ?? (await remembered(repo, 'telemetry'));
  if (place !== undefined && place !== '') return place;
  const message = 'where is telemetry? --telemetry URL, or once: git config towline.telemetry URL';
  throw new TowlineError('CLI_USAGE', message);
}
