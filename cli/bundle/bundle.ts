/** `towline bundle`: what a site without a network gets, as one file. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerCreate } from './create.ts';
import { registerShow } from './show.ts';
import { registerTakeBack } from './take-back.ts';
import { registerVerify } from './verify.ts';

export function registerBundle(bundle: Command, stop: Stop): void {
  registerCreate(bundle, stop);
  registerVerify(bundle, stop);
  registerShow(bundle, stop);
  registerTakeBack(bundle, stop);
  bundle.addHelpText(
    'after',
    examples([
      ['towline bundle create --device pump-17 -o pump-17.tlb', 'commits and images, to be carried there'],
      ['towline bundle verify pump-17.tlb', 'that every byte of it is what was signed and pinned'],
      ['towline bundle show pump-17.tlb', 'what is in it'],
    ]),
  );
}
