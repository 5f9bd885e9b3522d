/**
 * A gateway's transitions and messages for a while: `node telling-child.ts JSON`. It may be killed anywhere. Devices say what
 * they say, or nothing for so long that they are dark; then what is due is sent.
 */
import type { NotifyReceiver } from '../../../schemas/types.generated.ts';
import { minutes, names, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

export interface TellingChild {
  readonly folder: string;
  readonly receivers: readonly NotifyReceiver[];
  readonly devices: number;
  /** Wall clock at its start. */
  readonly wallMs: number;
  /** What all of them said last. */
  readonly word: string;
  /** Nothing more comes of them while it runs. */
  readonly isSilent: boolean;
}

const asked: TellingChild = JSON.parse(process.argv[2] ?? '');
const devices = names(asked.devices);
const clock = new SetClock(asked.wallMs);
const view = viewOf(devices.map(id => viewDevice(id)));
const told = await Telling.open({ folder: asked.folder, view, clock, receivers: asked.receivers });
await told.hear(...devices.map(id => reportOf(id, asked.word)));
if (asked.isSilent) await told.silence(46);
await told.send();
clock.pass(minutes(1.1));
await told.send();
await told.close();
