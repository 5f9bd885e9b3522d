/** `towline operator`: people, their keys at the gateway, and what they reach. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerOperatorAdd } from './add.ts';
import { registerOperatorList } from './list.ts';
import { registerOperatorRemove } from './remove.ts';

export function registerOperator(operator: Command, stop: Stop): void {
  registerOperatorAdd(operator, stop);
  registerOperatorList(operator);
  registerOperatorRemove(operator, stop);
  operator.addHelpText(
    'after',
    examples([
      ['towline operator add bob --ssh-key bob.pub --git write --telemetry', 'he comes'],
      ['towline operator list', 'who is there, and what they may'],
      ['towline operator remove bob --policy', 'he goes, and what he signs counts no more'],
    ]),
  );
}
