/** `towline secret`: what stands below secrets/, sealed in the SOPS format. */
import type { Command } from 'commander';
import { registerSecretCheck } from './secret-check.ts';
import { registerSecretEdit } from './secret-edit.ts';
import { registerSecretRotate } from './secret-rotate.ts';

export function registerSecret(program: Command): void {
  const secret = program
    .command('secret')
    .description('Secrets of apps and registries, opened on devices only.');
  registerSecretEdit(secret);
  registerSecretRotate(secret);
  registerSecretCheck(secret);
}
