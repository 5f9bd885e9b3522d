/** Looks where the start before this one has ended, and puts in order what was cut. */
import { messageOf } from '../../core/errors/cause.ts';
import type { Fallen } from './slots.ts';
import { UpdateHome, type UpdateHomeOptions } from './update-home.ts';

/** A disk that cannot be written to keeps no agent from running. */
export async function openHome(options: UpdateHomeOptions): Promise<UpdateHome> {
  const home = new UpdateHome(options);
  try {
    await home.read();
    await order(home, options);
  } catch (error) {
    options.log.error({ error: messageOf(error) }, 'what is known of updates cannot be put in order');
  }
  return home;
}

async function order(home: UpdateHome, { slot, log }: UpdateHomeOptions): Promise<void> {
  const { slots } = home;
  const trial = await slots.trial();
  const current = await slots.current();
  if (trial?.to === slot && current !== slot) {
    log.info({ slot, from: trial.from }, 'this version of the agent is on trial');
    return await home.onTrial(trial.from);
  }
  await slots.endTrial();
  const fallen = await slots.fallen();
  if (home.memory.phase === 'trying') {
    if (home.memory.to === slot && current === slot) return await home.committed();
    await takeDown(home, fallen?.why, log);
  } else if (fallen?.why === 'damaged') {
    log.error({ slot: fallen.to, code: 'AGENT_UPDATE_DAMAGED' }, 'a version on the disk is damaged');
  }
  if (!home.unjudged) await slots.forgetFallen();
  await home.tidy();
}

/** It was on trial, and does not run. */
async function takeDown(
  home: UpdateHome,
  why: Fallen | undefined,
  log: UpdateHomeOptions['log'],
): Promise<void> {
  const { named } = home;
  log.warn({ ...named, why: why ?? 'cut' }, 'the version that was on trial does not run');
  if (why === 'silent' || why === 'late') home.leaveUnjudged();
  else if (why === 'crashed')
    await home.refuse(named, 'AGENT_UPDATE_CRASHED', 'it ended by a fault each time it was started');
  else if (why === 'hung')
    await home.refuse(named, 'AGENT_UPDATE_HUNG', 'it did not come up, or stopped to turn');
  else if (why === 'damaged')
    await home.cameToNothing(named, 'AGENT_UPDATE_DAMAGED', 'its files were not what was written');
  else await home.cameToNothing(named, 'AGENT_UPDATE_CUT', 'its trial was cut off');
}
