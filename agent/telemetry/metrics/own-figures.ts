/** The agent's own figures: few, and of use to whoever wonders what it takes. */
import { counter, gauge, type Sample } from './series/sample.ts';

export interface OwnFacts {
  readonly version: string;
  readonly engineVersion: string | undefined;
  /** Why the wall clock is not to be believed. */
  readonly unsynchronised: string | undefined;
}

/** What waits to be pushed. */
export function spoolFigures({
  pieces,
  bytes,
}: {
  readonly pieces: number;
  readonly bytes: number;
}): Sample[] {
  return [gauge('towline_spool_segments', pieces), gauge('towline_spool_bytes', bytes)];
}

export function ownFigures({ version, engineVersion, unsynchronised }: OwnFacts): Sample[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge('towline_agent_info', 1, { version, engine: engineVersion ?? '' }),
    counter('towline_agent_cpu_seconds_total', Math.round((user + system) / 10_000) / 100),
    gauge('towline_agent_resident_memory_bytes', process.memoryUsage.rss()),
    gauge('towline_clock_believed', unsynchronised === undefined ? 1 : 0),
  ];
}
