/** What a device is, as it says of itself: for what a release requires. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Capability } from '../plan/observed.ts';

export const capabilityOf = ({ agent, host }: StatusFile): Capability => ({
  agent: agent.version,
  engine: agent.engine,
  platform: host?.platform,
  memory: host?.memory,
});
