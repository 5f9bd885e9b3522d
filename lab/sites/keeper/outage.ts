/** Times of each day at which an uplink carries nothing, in UTC. */

/** Minutes since midnight; where the end is not later than the beginning, it is of the next day. */
export interface Outage {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minuteOf = (text: string): number => {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
};

/** @param text as the schema of lab.yaml has it: `22:00-02:00` */
export function readOutage(text: string): Outage {
  const [from = '', to = ''] = text.split('-');
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

/** Whether one of them holds now. Equal ends: all day. @param nowMs since 1970 */
export function isOut(outages: readonly Outage[], nowMs: number): boolean {
  const now = Math.floor(nowMs / 60_000) % (24 * 60);
  return outages.some(({ fromMinute, toMinute }) =>
    fromMinute < toMinute ? now >= fromMinute && now < toMinute : now >= fromMinute || now < toMinute,
  );
}
