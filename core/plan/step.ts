/** Steps as typed data. Each says in words a person understands why it is there. */
import type { BackupCause } from '../backup/manifest.ts';
import type { RestoreCause } from '../backup/restore-note.ts';
import type { BackupMode } from '../backup/settings.ts';
import type { EndingTunnel } from '../fleet/tunnel.ts';
import type { KeptContainer } from './kept-container.ts';

interface StepBase {
  /** "image changed: 1.4.2 → 1.5.0", "config file nginx.conf changed", "network gone". */
  readonly reason: string;
  /** Indexes of the steps of the same plan that must have succeeded before; always smaller than its own. */
  readonly needs: readonly number[];
}

interface ProjectStep extends StepBase {
  readonly project: string;
}

interface ServiceStep extends ProjectStep {
  readonly service: string;
}

/** One of a service's containers; they count from 1. */
interface InstanceStep extends ServiceStep {
  readonly number: number;
}

interface ContainerStep extends ServiceStep {
  /** Engine id of the container that is acted on. */
  readonly container: string;
  /** Its name, for people. */
  readonly name: string;
}

/** Acts on `container`; where it is absent, on the one that this plan created for the instance. */
interface MaybeNewStep extends InstanceStep {
  readonly container?: string;
}

/** A volume that data is read from or put back into. */
export interface DataVolume {
  /** Of the Compose file. */
  readonly key: string;
  /** On the engine. */
  readonly name: string;
}

/** As the last one was. */
export interface ExpectedBackup {
  readonly bytes: number;
  readonly tookMs: number;
}

/** What a runtime carries out. Executors are a mapped type over its kinds: a missing one does not compile. */
export type EngineStep =
  | (ServiceStep & { readonly kind: 'pull-image'; readonly image: string })
  /** Whether there is room for the backup that follows: nothing is stopped where there is none. */
  | (ProjectStep & { readonly kind: 'check-room'; readonly expected?: ExpectedBackup })
  /** A command of `backup`, in a container that runs; '' is none: the step fails and says so. */
  | (ContainerStep & { readonly kind: 'backup-hook'; readonly hook: 'pre' | 'post' })
  | (ProjectStep & {
      readonly kind: 'back-up';
      readonly volumes: readonly DataVolume[];
      readonly mode: BackupMode;
      readonly cause: BackupCause;
      /** That do not run, or are paused, meanwhile. */
      readonly services: readonly string[];
      /** As the last one was; absent: nobody knows. */
      readonly expected?: ExpectedBackup;
    })
  /** Beside the volumes that are there, into fresh ones: who holds them runs on. */
  | (ProjectStep & {
      readonly kind: 'unpack-backup';
      /** Id of the backup. */
      readonly backup: string;
      readonly cause: RestoreCause;
      readonly migrate: boolean;
      /** @see RestoreNote */
      readonly instead?: string;
    })
  /** What was unpacked takes the place of what is there. Nobody of the project runs who holds one of them. */
  | (ProjectStep & {
      readonly kind: 'restore-volumes';
      readonly volumes: readonly DataVolume[];
      /** Id of the backup. */
      readonly backup: string;
      readonly cause: RestoreCause;
    })
  /** A volume that a restore has made beside those of the app, with what was there before. */
  | (ProjectStep & { readonly kind: 'remove-aside'; readonly name: string })
  | (ProjectStep & { readonly kind: 'write-files'; readonly digest: string })
  | (ProjectStep & { readonly kind: 'create-network'; readonly network: string; readonly name: string })
  | (ProjectStep & { readonly kind: 'remove-network'; readonly name: string; readonly id: string })
  | (MaybeNewStep & { readonly kind: 'connect-network'; readonly network: string })
  | (ContainerStep & { readonly kind: 'disconnect-network'; readonly network: string; readonly id: string })
  | (ProjectStep & { readonly kind: 'create-volume'; readonly volume: string; readonly name: string })
  /** With all that it holds. */
  | (ProjectStep & { readonly kind: 'remove-volume'; readonly volume: string; readonly name: string })
  /** The same on a device that leaves: where another container holds it, it stays. */
  | (ProjectStep & { readonly kind: 'retire-volume'; readonly name: string })
  | (InstanceStep & {
      readonly kind: 'create-container';
      /** The container it takes the place of: its anonymous volumes are handed on. */
      readonly replaces?: string;
      /** It runs beside the one whose place it takes later: the service's names do not lead to it yet, and no engine starts it again. */
      readonly beside?: true;
      /** Name under which it is made; `rename-container` gives it the right one. */
      readonly name: string;
    })
  | (ContainerStep & { readonly kind: 'stop-container' })
  | (ContainerStep & {
      readonly kind: 'remove-container';
      /** Whether anonymous volumes of its own go too: only for what never ran, and where all volumes go. */
      readonly withVolumes: boolean;
    })
  | (MaybeNewStep & { readonly kind: 'rename-container'; readonly name: string })
  /** One of docker compose's, stopped: called `aside` it is kept, and no engine starts it. */
  | (ContainerStep & { readonly kind: 'put-aside'; readonly aside: string })
  /** It runs again as docker compose had started it, under its own name. */
  | (ContainerStep & { readonly kind: 'put-back'; readonly before: KeptContainer })
  | (ContainerStep & { readonly kind: 'unpause-container' })
  | (MaybeNewStep & { readonly kind: 'start-container' })
  /** The names of its service lead to it, too. Last it gets the name that says so. */
  | (MaybeNewStep & { readonly kind: 'take-names' })
  /** From here on an engine that starts anew brings it back, and not `from`. */
  | (MaybeNewStep & { readonly kind: 'take-restart'; readonly from: string })
  | (MaybeNewStep & {
      readonly kind: 'wait-ready';
      /** It has the names already, and is asked by them: it must stay well for the stable period. */
      readonly settled: boolean;
    })
  | (ServiceStep & {
      readonly kind: 'wait-service';
      readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
      /** `required: false` in depends_on: a failure is said and does not fail the project. */
      readonly required: boolean;
    })
  | (ProjectStep & { readonly kind: 'wait-healthy' });

/** Of the device itself, whatever runs its apps. */
export type TunnelStep =
  | (StepBase & { readonly kind: 'open-tunnel'; readonly tunnel: EndingTunnel })
  | (StepBase & { readonly kind: 'close-tunnel' });

export type Step = EngineStep | TunnelStep;
export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;
