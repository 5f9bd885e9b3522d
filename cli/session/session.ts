/** `towline session`: recordings of sessions, for auditors. */
import type { Command } from 'commander';
import type { Stop } from '../command/stop.ts';
import { registerList } from './list.ts';
import { registerPlay } from './play.ts';
import { registerVerify } from './verify.ts';

export function registerSession(session: Command, stop: Stop): void {
  registerList(session, stop);
  registerPlay(session, stop);
  registerVerify(session, stop);
}
