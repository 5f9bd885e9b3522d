/** `towline trust`: what devices would trust, why, and how to mend it. */
import type { Command } from 'commander';
import { registerCheck } from './trust-check.ts';
import { registerExplain } from './trust-explain.ts';
import { registerHooks } from './trust-hooks.ts';
import { registerTrustInit } from './trust-init.ts';
import { registerMend } from './trust-mend.ts';

export function registerTrust(program: Command): void {
  const trust = program.command('trust').description('Check, explain and mend what devices trust.');
  registerCheck(trust);
  registerExplain(trust);
  registerTrustInit(trust);
  registerMend(trust);
  registerHooks(trust);
}
