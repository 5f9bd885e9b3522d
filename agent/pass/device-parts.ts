/** What the rooms of a device are made of, for the life of the agent. */
import type { DesiredAgent } from '../../core/desired/agent.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { WayIn } from '../access/way-in.ts';
import type { ImageDownloads } from '../apply/image-downloads.ts';
import type { Carried } from '../bundle/carried.ts';
import type { FolderOptions } from '../projects/project-folders.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { RolloutClock } from '../rollout/rollout-clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SecretAccess } from '../secrets/opened-secrets.ts';
import type { Source } from '../source/source.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import type { DeviceFreshness } from '../verify/device-freshness.ts';
import type { Verifier } from '../verify/verify.ts';
import type { DesiredReader } from './desired-reader.ts';
import type { Publisher } from './publisher.ts';

export interface DeviceParts {
  readonly source: Source;
  readonly carried: Carried;
  readonly verifier: Verifier;
  readonly freshness: DeviceFreshness;
  readonly reader: DesiredReader;
  readonly rollouts: Pick<RolloutClock, 'when'>;
  readonly store: ProjectStore;
  readonly runtime: Runtime;
  readonly tunnel: TunnelController;
  readonly logins: Pick<WayIn, 'use'>;
  readonly secrets: SecretAccess;
  readonly publisher: Publisher;
  readonly folders: FolderOptions;
  readonly parallelPulls: number;
  readonly downloads: ImageDownloads;
  /** How the agent comes to another version of itself (`SelfUpdate`). */
  readonly update: {
    needsCarried(agent: DesiredAgent | undefined): boolean;
    hears(push: Promise<boolean>): Promise<boolean>;
  };
  readonly time: Clock & { saw(lineMs: number): void; readonly unsynchronised: string | undefined };
}
