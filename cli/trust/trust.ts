/** `towline trust`: what devices would trust, why, and how to mend it. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerCheck } from './check.ts';
import { registerExplain } from './explain.ts';
import { registerHooks } from './hooks.ts';
import { registerTrustInit } from './init.ts';
import { registerMend } from './mend.ts';

export function registerTrust(trust: Command, stop: Stop): void {
  registerCheck(trust, stop);
  registerExplain(trust, stop);
  registerTrustInit(trust);
  registerMend(trust, stop);
  registerHooks(trust, stop);
  trust.addHelpText(
    'after',
    examples([
      ['towline trust check', 'would devices take main as it is here?'],
      ['towline trust explain HEAD', 'why, or why not, rule by rule'],
      ['towline trust mend', 'get main past a commit that they refuse'],
    ]),
  );
}
