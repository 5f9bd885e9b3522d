/** `towline app`: apps come from a folder, and go. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerAppAdd } from './add.ts';
import { registerAppRemove } from './remove.ts';

export function registerApp(app: Command, stop: Stop): void {
  registerAppAdd(app, stop);
  registerAppRemove(app, stop);
  app.addHelpText(
    'after',
    examples([
      ['towline app add ../shop', 'the folder with its compose.yaml'],
      ['towline release shop 1.0.0 --assign groups/canary.yaml', 'what devices get of it, in your clone'],
      ['towline app remove shop --unassign', 'it goes everywhere'],
    ]),
  );
}
