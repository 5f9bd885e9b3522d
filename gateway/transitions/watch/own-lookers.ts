/** Conditions of the gateway itself, and of devices that wait at its door. */
import type { Clock } from '../../../core/io/clock.ts';
import { freeSpace } from '../../../core/io/file/free-space.ts';
import { isClockSynchronised } from '../../../core/io/synchronised-clock.ts';
import { formatBytes } from '../../../core/plan/quantity.ts';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import type { WalkStop } from '../../../core/trust/walk.ts';
import type { TransitionLedger } from '../ledger.ts';
import { type Level, type Looker, levelChanges } from '../looker.ts';
import type { TransitionType } from '../transition.ts';

export interface OwnLookersOptions {
  readonly fleet: string;
  readonly stateDirectory: string;
  readonly ledger: TransitionLedger;
  /** Why the walk does not reach the head of main. */
  readonly stopped: () => WalkStop | undefined;
  /** Devices whose keys a person is to accept. */
  readonly waiting: () => Iterable<string>;
  readonly clock: Clock;
  /** Whether a time server keeps this machine's clock; undefined: nobody knows. */
  readonly isSynchronised?: typeof isClockSynchronised;
}

const mebibyte = 1024 * 1024;
/** Less is too little; it is over when there is twice as much. */
const leastFreeBytes = 512 * mebibyte;
/** A clock that is not set yet after a start is no message: twice in a row it is. */
const clockLooks = 2;

export function ownLookers(options: OwnLookersOptions): Looker[] {
  const { fleet, ledger, clock } = options;
  const note = (type: TransitionType, levels: readonly Level[]) =>
    ledger.note({ transitions: levelChanges(ledger, type, levels, clock.now()) });
  const own = (type: TransitionType) => ({ fleet, subject: 'gateway', type });
  let unsynchronised = 0;
  return [
    {
      name: 'main',
      everyMs: 5000,
      look: () => note('gateway.stopped', stoppedLevels(own('gateway.stopped'), options)),
    },
    {
      name: 'enrolments',
      everyMs: 5000,
      look: () =>
        note(
          'enrolment.waiting',
          [...options.waiting()].map(device => ({
            key: { fleet, subject: `device/${device}`, type: 'enrolment.waiting' as const },
            device,
          })),
        ),
    },
    {
      name: 'the disk',
      everyMs: 60_000,
      look: async () => {
        const isOpen = ledger.condition(own('gateway.disk')) !== undefined;
        const free = await freeSpace(options.stateDirectory);
        if (free === undefined) return;
        const isLow = free < leastFreeBytes * (isOpen ? 2 : 1);
        const words = `${formatBytes(free)} free for ${options.stateDirectory}`;
        await note('gateway.disk', isLow ? [{ key: own('gateway.disk'), words: boundedWords(words) }] : []);
      },
    },
    {
      name: 'the clock',
      everyMs: 10 * 60_000,
      look: async signal => {
        const known = await (options.isSynchronised ?? isClockSynchronised)(signal);
        unsynchronised = known === false ? unsynchronised + 1 : 0;
        const key = own('gateway.clock');
        // Over a start it is as it was.
        const isWrong = known === false && ledger.condition(key) !== undefined;
        const words = 'no time server keeps it';
        await note('gateway.clock', isWrong || unsynchronised >= clockLooks ? [{ key, words }] : []);
      },
    },
  ];
}

function stoppedLevels(key: Level['key'], { stopped }: OwnLookersOptions): Level[] {
  const stop = stopped();
  if (stop === undefined) return [];
  const { code, commit, message, path } = stop;
  const words = boundedWords(path === undefined ? message : `${path}: ${message}`);
  return [{ key, code, commit, words }];
}
