/** Steps as typed data. Each says in words a person understands why it is there. */
import type { EndingTunnel } from '../fleet/tunnel.ts';

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

/** What a runtime carries out. Executors are a mapped type over its kinds: a missing one does not compile. */
export type EngineStep =
  | (ServiceStep & { readonly kind: 'pull-image'; readonly image: string })
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
  | (ContainerStep & { readonly kind: 'unpause-container' })
  | (MaybeNewStep & { readonly kind: 'start-container' })
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
