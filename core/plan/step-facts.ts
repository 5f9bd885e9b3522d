/** What is to be known of each kind of step by whoever carries a plan out. */
import type { EngineStep } from './step.ts';

export interface StepFacts {
  /** What it takes a place among while it runs: `none` are those that only wait. */
  readonly place: 'pull' | 'start' | 'other' | 'none';
  /** After it a service may not be as it was. */
  readonly disturbs?: true;
  /** What a request that an agent before this one left on its way may have made after the snapshot goes by these alone. */
  readonly clears?: true;
}

export const stepFacts: { readonly [Kind in EngineStep['kind']]: StepFacts } = {
  'pull-image': { place: 'pull' },
  'check-room': { place: 'other' },
  'backup-hook': { place: 'other' },
  'back-up': { place: 'other' },
  'unpack-backup': { place: 'other' },
  'restore-volumes': { place: 'other', disturbs: true },
  'remove-aside': { place: 'other', clears: true },
  'write-files': { place: 'other' },
  'create-network': { place: 'other' },
  'remove-network': { place: 'other', disturbs: true, clears: true },
  'connect-network': { place: 'other' },
  'disconnect-network': { place: 'other', disturbs: true },
  'retire-volume': { place: 'other' },
  'create-volume': { place: 'other' },
  'remove-volume': { place: 'other', disturbs: true },
  'create-container': { place: 'start' },
  'stop-container': { place: 'other', disturbs: true, clears: true },
  'remove-container': { place: 'other', disturbs: true, clears: true },
  'rename-container': { place: 'other', disturbs: true },
  'put-aside': { place: 'other', disturbs: true, clears: true },
  'put-back': { place: 'start', disturbs: true },
  'unpause-container': { place: 'other' },
  'start-container': { place: 'start', disturbs: true },
  'take-names': { place: 'other' },
  'take-restart': { place: 'other', disturbs: true },
  'wait-ready': { place: 'none' },
  'wait-service': { place: 'none' },
  'wait-healthy': { place: 'none', clears: true },
};
