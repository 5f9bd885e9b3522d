/** `towline session`: recordings of sessions, for auditors. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerList } from './list.ts';
import { registerPlay } from './play.ts';
import { registerVerify } from './verify.ts';

export function registerSession(session: Command, stop: Stop): void {
  registerList(session, stop);
  registerPlay(session, stop);
  registerVerify(session, stop);
  session.addHelpText(
    'after',
    examples([
      ['towline session list pump-17', 'who was where, and when'],
      ['towline session play k3j9x2ab', 'what was shown; for auditors'],
      ['towline session verify --all', 'whether one is missing, cut or changed'],
    ]),
  );
}
