/** With what the apps of a device begin on new hardware. */
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import { someOf } from '../../core/some-of.ts';
import type { RestoreRequest } from '../../schemas/types.generated.ts';
import { backupFacts, type FindOptions, storedBackup } from '../backup/wanted-backup.ts';
import { restoreProblem } from '../validate/restore-requests.ts';

export interface ReplacedApps {
  readonly requests: readonly RestoreRequest[];
  /** For a person, a sentence each. */
  readonly sentences: readonly string[];
}

export interface ReplacedOptions extends FindOptions {
  readonly migrate?: boolean;
  /** All begin without data. */
  readonly empty?: boolean;
  /** Nobody is asked. */
  readonly yes?: boolean;
}

/**
 * Of each app that copies to a store the newest backup there.
 * @throws TowlineError RESTORE_OTHER_RELEASE; with `yes` RESTORE_NO_BACKUP where no store has answered; as `storedBackup`
 */
export async function replacedApps(
  fleet: Fleet,
  device: string,
  options: ReplacedOptions,
  signal: AbortSignal,
): Promise<ReplacedApps> {
  const layers = layersOf(fleet, device);
  const apps = layers === undefined ? [] : rolledOut(layers, byCommit).apps.map(({ app }) => app);
  const [requests, sentences, empty]: [RestoreRequest[], string[], string[]] = [[], [], []];
  for (const app of apps) {
    const to = fleet.apps.get(app)?.file?.value.backup?.to ?? 'local';
    if (options.empty === true || to === 'local') {
      empty.push(app);
      continue;
    }
    const found = await storedBackup({ device, app }, options, signal);
    if ('why' in found) {
      if (options.yes === true && found.asked === undefined)
        throw new TowlineError('RESTORE_NO_BACKUP', `${app}: ${found.why}; --empty begins without data`);
      sentences.push(`${app} begins empty, no copy of its data is known: ${found.why}.`);
      continue;
    }
    const request = requestOf(app, found, options.migrate === true);
    const problem = restoreProblem(fleet, device, request);
    if (problem !== undefined) throw new TowlineError(problem.code, problem.message);
    requests.push(request);
    sentences.push(`${app} begins with the data of backup ${found.id} (${backupFacts(found)}).`);
  }
  if (empty.length > 0) {
    const why = options.empty === true ? '' : ': no store has copies of it';
    sentences.push(`What ${someOf(empty)} wrote does not come back${why}.`);
  }
  return { requests, sentences };
}

function requestOf(
  app: string,
  { id, release }: { readonly id: string; readonly release?: string },
  migrate: boolean,
): RestoreRequest {
  const of = release === undefined ? {} : { release };
  return { app, backup: id, ...of, ...(migrate ? { migrate } : {}) };
}
