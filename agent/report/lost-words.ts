/** What was dropped before anybody heard of it. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Lost } from '../telemetry/spool/losses.ts';

export const nothingLost: Lost = Object.freeze({ records: {}, bytes: 0, damaged: 0 });

/** As the status says it. */
export function lostIn({ records, bytes, damaged }: Lost): StatusFile['lost'] {
  const { debug = 0, log = 0, error = 0 } = records;
  const lost = {
    ...(debug + log + error === 0 ? {} : { logLines: debug + log + error }),
    ...(bytes === 0 ? {} : { logBytes: bytes }),
    ...(Object.keys(records).length === 0 ? {} : { records }),
    ...(damaged === 0 ? {} : { damaged }),
  };
  return Object.keys(lost).length === 0 ? undefined : lost;
}
