/** Steps as typed data. Each says in words a person understands why it is there. */
import type { DesiredTunnel } from '../desired/state.ts';

interface StepBase {
  /** "image changed: 1.4.2 → 1.5.0", "config file nginx.conf changed", "network gone". */
  readonly reason: string;
}

interface ProjectStep extends StepBase {
  readonly project: string;
}

interface ServiceStep extends ProjectStep {
  readonly service: string;
}

interface ContainerStep extends ServiceStep {
  /** Engine id of the container that is acted on. */
  readonly container: string;
}

/** Open union: the reconcile room widens it. Executors are a mapped type over `Step['kind']`. */
export type Step =
  | (ServiceStep & { readonly kind: 'pull-image'; readonly image: string })
  | (ProjectStep & { readonly kind: 'write-files'; readonly digest: string })
  | (ProjectStep & { readonly kind: 'create-network'; readonly network: string })
  | (ProjectStep & { readonly kind: 'remove-network'; readonly network: string; readonly id: string })
  | (ProjectStep & { readonly kind: 'create-volume'; readonly volume: string })
  | (ServiceStep & { readonly kind: 'create-container'; readonly replaces?: string })
  | (ContainerStep & { readonly kind: 'stop-container' })
  | (ContainerStep & { readonly kind: 'remove-container' })
  | (ServiceStep & { readonly kind: 'start-container' })
  | (ServiceStep & { readonly kind: 'wait-service'; readonly condition: string })
  | (ProjectStep & { readonly kind: 'wait-healthy' })
  | (StepBase & { readonly kind: 'open-tunnel'; readonly tunnel: DesiredTunnel })
  | (StepBase & { readonly kind: 'close-tunnel' });

export type StepKind = Step['kind'];
