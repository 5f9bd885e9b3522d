/** `towline lab`: a fleet on one machine (lab/sites). What it is made of is loaded when it is asked for. */
import type { Command } from 'commander';
import type { Stop } from '../command/stop.ts';
import { registerChanges } from './change.ts';
import { registerEnter } from './enter.ts';
import { registerPart } from './part.ts';
import { registerStatus } from './status.ts';
import { registerTry } from './try.ts';
import { registerDown, registerUp } from './up.ts';

export function registerLab(lab: Command, stop: Stop): void {
  registerUp(lab, stop);
  registerTry(lab, stop);
  registerStatus(lab);
  registerChanges(lab);
  registerEnter(lab);
  registerDown(lab);
  registerPart(lab);
}
