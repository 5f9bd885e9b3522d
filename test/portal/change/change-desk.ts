/** A fleet with a remote, and the change room of a desk on its clone; who is asked in the terminal answers what the test says. */

import { RemoteMain } from '../../../cli/change/remote-main.ts';
import { DeskHome } from '../../../cli/portal/desk-home.ts';
import { DeskViewer } from '../../../cli/portal/desk-viewer.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { ChangeRoom } from '../../../portal/change/change-room.ts';
import type { Home } from '../../../portal/home/home.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { type RolloutDesk, rolloutDesk } from '../../cli/rollout/rollout-desk.ts';

export interface ChangeDesk extends AsyncDisposable {
  readonly desk: RolloutDesk;
  readonly home: Home;
  readonly room: ChangeRoom;
  readonly viewer: Viewer;
  /** What the person was asked, in turn. */
  readonly asked: string[];
  /** What they answer from now on; a function may do something first. */
  answer: () => Promise<string | undefined> | string | undefined;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export async function changeDesk(): Promise<ChangeDesk> {
  const desk = await rolloutDesk();
  const main = await RemoteMain.open({ repo: desk.fleet.directory });
  const asked: string[] = [];
  const made: Pick<ChangeDesk, 'answer'> = { answer: () => 'y' };
  const signing = {
    ask: async (text: string) => {
      asked.push(text);
      return await made.answer();
    },
    isAsked: () => true,
  };
  const over = new AbortController();
  const options = { main, telemetry: desk.telemetry, clock: createSystemClock(), log: quiet, signing };
  const opened = await DeskHome.open(options, over.signal);
  const { home } = opened;
  return Object.assign(made, {
    ...{ desk, home, asked, room: new ChangeRoom(home) },
    viewer: new DeskViewer('alice', home.fleet, over.signal),
    [Symbol.asyncDispose]: async () => {
      over.abort(new Error('the test is over'));
      await opened[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
    },
  });
}
