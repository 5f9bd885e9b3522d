/** Where a walk begins: a date that has not come would be line time there, and nothing honest comes after it. */
import { TowlineError } from '../../core/errors.ts';
import { isClockSynchronised } from '../../core/io/synchronised-clock.ts';
import type { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { futureSlackSec } from '../../core/trust/step/vouchers.ts';

/**
 * Asked before a commit is written down as an anchor.
 * @throws TowlineError TRUST_TIME_FUTURE where a time server keeps this clock; elsewhere it is only pointed out
 */
export async function assertDateHasCome(
  reader: ObjectReader,
  anchor: ObjectId,
  signal: AbortSignal,
): Promise<void> {
  const { timeSec } = (await reader.commit(anchor)).committer;
  if (timeSec <= Date.now() / 1000 + futureSlackSec) return;
  const what = `the anchor ${anchor} is of ${showTime(timeSec)}, which has not come: a walk from there takes nothing that is honest`;
  if ((await isClockSynchronised(signal)) === true) {
    throw new TowlineError('TRUST_TIME_FUTURE', `${what}; name an earlier commit with --anchor`);
  }
  process.stderr.write(`warning: ${what}, by a clock that no time server keeps\n`);
}
