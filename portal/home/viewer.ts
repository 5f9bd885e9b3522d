import type { OperatorFile } from '../../schemas/types.generated.ts';

/** Who looks. Made by the login (at a gateway), or of the person of the clone (at a desk). */
export interface Viewer {
  /** Operator, or the person of the clone. */
  readonly name: string;
  readonly by: 'desk' | 'passkey' | 'ssh' | 'oidc';
  /** Aborted when their login is over: whatever is open for them ends then. */
  readonly signal: AbortSignal;
  /** Whether they see what this device says of itself: asked anew each time, of the view that is current. */
  reads(device: string): boolean;
  /** Whether they see what every device says, also of those that the fleet has no more. */
  readsAll(): boolean;
  /** Whether they see fleet.git: files, plans, people. */
  readsRepository(): boolean;
  /** What they may push to fleet.git. */
  pushes(): 'all' | 'requests' | 'none';
  /** As main has it now; undefined at a desk where nobody by this name is an operator. */
  readonly operator: OperatorFile | undefined;
}

/** Whether a device is there at all for this person. */
export const sees = (viewer: Viewer, device: string): boolean =>
  viewer.readsRepository() || viewer.reads(device);
