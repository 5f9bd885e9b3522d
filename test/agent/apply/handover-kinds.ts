import type { Step } from '../../../core/plan/step.ts';

/** Every kind of step that a handover has, in order. */
export const handoverKinds: readonly Step['kind'][] = [
  'create-container',
  'start-container',
  'wait-ready',
  'take-names',
  'take-restart',
  'stop-container',
  'remove-container',
  'rename-container',
  'wait-healthy',
];
