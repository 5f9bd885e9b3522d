/** `towline trust`: what devices would trust, why, and how to mend it. */
import type { Command } from 'commander';
import { examples } from './examples.ts';
import type { Stop } from './stop.ts';
import { registerCheck } from './trust-check.ts';
import { registerExplain } from './trust-explain.ts';
import { registerHooks } from './trust-hooks.ts';
import { registerTrustInit } from './trust-init.ts';
import { registerMend } from './trust-mend.ts';

export function registerTrust(program: Command, stop: Stop): void {
  const trust = program.command('trust').description('Check, explain and mend what devices trust.');
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
