/** `towline lab`: a fleet on one machine (lab/sites). What it is made of is loaded when it is asked for. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerEnter } from './enter.ts';
import { registerMachines } from './machines.ts';
import { registerPart } from './part.ts';
import { registerStatus } from './status.ts';
import { registerTry } from './try.ts';
import { registerDown, registerUp } from './up.ts';
import { registerUplink } from './uplink.ts';

export function registerLab(lab: Command, stop: Stop): void {
  registerUp(lab, stop);
  registerTry(lab, stop);
  registerStatus(lab);
  registerUplink(lab);
  registerMachines(lab);
  registerEnter(lab);
  registerDown(lab);
  registerPart(lab);
  lab.addHelpText(
    'after',
    examples([
      ['towline lab up', 'five devices at two sites'],
      ['towline lab status', 'what runs'],
      ['towline lab down', 'nothing is left'],
    ]),
  );
}
