/** How a walk that stopped is shown. */
import { errorRegistry } from '../../core/errors.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import type { Terminal } from '../command/terminal.ts';

export function showStop(terminal: Terminal, stopped: WalkStop): void {
  terminal.line(`${terminal.colour('red', 'stopped')} at ${stopped.commit}`);
  terminal.line(`  ${terminal.colour('bold', stopped.code)} ${stopped.message}`);
  if (stopped.path !== undefined) terminal.line(`  path     ${stopped.path}`);
  if (stopped.vouched.length > 0) terminal.line(`  vouched  ${stopped.vouched.join(', ')}`);
  for (const [index, missing] of stopped.missing.entries()) {
    terminal.line(`  ${index === 0 ? 'missing ' : 'or      '} ${missing}`);
  }
  terminal.line(`  ${errorRegistry[stopped.code].remedy}`);
}
