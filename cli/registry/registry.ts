/** `towline registry`: what of the fleet lies in registries. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerPrune } from './prune.ts';

export function registerRegistry(registry: Command, stop: Stop): void {
  registerPrune(registry, stop);
  registry.addHelpText('after', examples([['towline registry prune', 'images that nothing needs any more']]));
}
