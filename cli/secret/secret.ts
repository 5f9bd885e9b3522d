/** `towline secret`: what stands below secrets/, sealed in the SOPS format. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import { registerSecretCheck } from './check.ts';
import { registerSecretEdit } from './edit.ts';
import { registerSecretMove } from './move.ts';
import { registerSecretRotate } from './rotate.ts';

export function registerSecret(secret: Command): void {
  registerSecretEdit(secret);
  registerSecretRotate(secret);
  registerSecretMove(secret);
  registerSecretCheck(secret);
  secret.addHelpText(
    'after',
    examples([
      ['towline secret edit secrets/web.env', 'opens it in your editor; a new one is made'],
      ['towline secret rotate --recipients-only secrets/web.env', 'let a new device read it'],
      ['towline secret move secrets/web.env secrets/web+api.env', 'let another app have it'],
      ['towline secret check', 'what needs a new value, or is sealed to the wrong devices'],
    ]),
  );
}
