/** Wires the updates of an agent that the launcher has started. */
import path from 'node:path';
import { agentPlatform } from '../../core/agents/agent-version.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { fieldsIn } from '../../core/json.ts';
import { openHome } from './open-home.ts';
import { noUpdates, type SelfUpdate } from './self-update.ts';
import { readSlotFile } from './slot-file.ts';
import { packageSlot } from './slots.ts';
import { StageRun } from './stage-run.ts';
import type { UpdateHomeOptions } from './update-home.ts';
import { Updater, type UpdaterOptions } from './updater.ts';
import type { Here } from './wanted.ts';

export interface OpenUpdaterOptions
  extends Pick<UpdaterOptions, 'clock' | 'log' | 'leave'>,
    Pick<UpdateHomeOptions, 'uptimeSec'> {
  readonly stateDirectory: string;
  readonly configFile: string;
  /** Of this program. */
  readonly version: string;
  /** What deploy/launch has said. */
  readonly environment: NodeJS.ProcessEnv;
}

/** A trial, and what is left of it at least for a version that is started again in it, seconds. */
const trialSec = 600;
const leastSec = 180;
const maxPackageBytes = 64 * 1024;

/** Never throws for what lies on the disk. */
export async function openUpdater(options: OpenUpdaterOptions): Promise<SelfUpdate> {
  const { stateDirectory, environment, log, clock, version, configFile, leave } = options;
  const { TOWLINE_SLOT: slot, TOWLINE_VERSIONS: versions, TOWLINE_PACKAGE: packageFolder } = environment;
  if (slot === undefined || packageFolder === undefined) return noUpdates();
  if (versions !== path.join(stateDirectory, 'versions')) {
    const fields = { code: 'AGENT_UPDATE_LAUNCHER', launcher: versions, stateDirectory };
    log.warn(fields, 'the launcher reads another stateDirectory: this agent cannot update itself');
    return noUpdates();
  }
  const home = await openHome({ ...options, slot });
  const own = slot === packageSlot ? packageFolder : home.slots.folderOf(slot);
  const platform = process.platform === 'linux' ? agentPlatform(process.arch) : undefined;
  const here: Here = {
    ...{ slot, version, platform },
    digest: (await readSlotFile(own))?.digest,
    package: undefined,
    stateFormat: await home.stateForm(),
  };
  const stageRun: UpdaterOptions['stageRun'] = needs =>
    new StageRun(
      {
        ...{ home, configFile: path.resolve(configFile), packageFolder, clock, log },
        own: { folder: path.resolve(own), version },
      },
      needs,
    );
  const trialMs = leftSec(options, home.memory.begunSec) * 1000;
  const brought = async () => (slot === packageSlot ? undefined : await packaged(packageFolder));
  return new Updater({ home, here, packaged: brought, clock, log, stageRun, trialMs, leave });
}

/** After a boot the machine's uptime says nothing of what was before: then it is a trial anew, and the launcher counts its starts. */
function leftSec({ environment, uptimeSec }: OpenUpdaterOptions, begunSec: number | undefined): number {
  const { TOWLINE_TRIAL_SECONDS: shorter = '' } = environment;
  const wholeSec = /^\d{1,4}$/.test(shorter) ? Number(shorter) : trialSec;
  const goneSec = begunSec === undefined ? 0 : Math.max(0, uptimeSec() - begunSec);
  return Math.max(Math.min(leastSec, wholeSec), wholeSec - goneSec);
}

/** It may say what its parts were; its version it says in any case. */
async function packaged(folder: string): Promise<Here['package']> {
  const file = await readSlotFile(folder);
  if (file !== undefined) return { version: file.version, digest: file.digest };
  const bytes = await readBounded(path.join(folder, 'package.json'), maxPackageBytes).catch(() => undefined);
  const { version } = bytes === undefined ? {} : fieldsIn(bytes);
  return typeof version === 'string' ? { version, digest: undefined } : undefined;
}
