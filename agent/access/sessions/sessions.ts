/**
 * The live sessions of this device, by their ids: each is recorded where that is wanted, and whoever may, looks on. What shows
 * them elsewhere, such as a portal, is one more onlooker.
 */
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import type { Wanted } from '../../../core/access/judge.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Recordings } from '../recording/recordings.ts';
import { Guest } from './guest.ts';
import { GuestLinks } from './guest-links.ts';
import type { LiveSession } from './live-session.ts';
import { Room } from './room.ts';
import type { SessionKeeper, SessionVisit, ShareWish, ShownSession } from './session-house.ts';
import { Visitor } from './visitor.ts';

export interface SessionsOptions {
  readonly device: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** What is trusted now. */
  readonly access: () => DeviceAccess | undefined;
  /** Opened when the first session is to be recorded. */
  readonly recordings: () => Promise<Pick<Recordings, 'begin'>>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

const maxOnlookers = 16;
const monotonicMs = () => performance.now();
/** As ssh says that it was refused. */
const refused = 1;

export class Sessions implements SessionKeeper {
  readonly #options: SessionsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #links = new GuestLinks(monotonicMs);

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  async begin(live: LiveSession): Promise<void> {
    const { id } = live.start;
    const room = new Room(live, () => {
      this.#rooms.delete(id);
      this.#links.forget(id);
    });
    room.recorder = await this.#recorded(room);
    live.attach(room);
    this.#rooms.set(id, room);
  }

  list(): readonly ShownSession[] {
    return [...this.#rooms.values()].map(({ shown }) => shown);
  }

  async visit(visit: SessionVisit): Promise<number> {
    const room = this.#rooms.get(visit.id);
    const wanted = room && wantedOf(visit, room);
    // One answer whether there is no such session or none for this person.
    if (room === undefined || wanted === undefined || !visit.judge(wanted).allowed) {
      visit.stream.resume();
      visit.stream.write('towline: there is no such session, or none for you\r\n');
      return refused;
    }
    if (room.size >= maxOnlookers) {
      visit.stream.resume();
      visit.stream.write('towline: as many look on as may\r\n');
      return refused;
    }
    const visitor = new Visitor(visit, room, wanted);
    this.#options.log.info(
      { operator: visit.operator, session: visit.id, kind: visit.kind },
      'somebody looks on',
    );
    return await visitor.run();
  }

  share({ id, operator, forMs }: ShareWish): string {
    const { access, device, nowMs } = this.#options;
    const room = this.#rooms.get(id);
    if (access()?.access.share !== true)
      throw noShare('this device allows no links for guests (access.share)');
    if (room?.live.start.operator !== operator) throw noShare('there is no such session of yours');
    const token = this.#links.make({ session: id, untilMs: monotonicMs() + forMs });
    if (token === undefined) throw noShare('there are as many links as may be');
    room.say(`a link for guests was made, for ${Math.ceil(forMs / 60_000)} minutes`);
    const link = `${device}.${token}`;
    return [
      `Until ${timeWord(nowMs() + forMs)} whoever has this sees the session ${id}; so does the owner of the gateway.`,
      `  in a browser   GATEWAY/guest#${link}`,
      `  in a terminal  curl -N -d ${link} GATEWAY/guest`,
    ].join('\n');
  }

  async guest({ token, stream, signal }: Parameters<SessionKeeper['guest']>[0]): Promise<number> {
    const { access, log } = this.#options;
    const mayShare = () => access()?.access.share === true;
    const link = this.#links.find(token);
    const room = link && this.#rooms.get(link.session);
    if (link === undefined || room === undefined || !mayShare() || room.size >= maxOnlookers) return refused;
    log.info({ session: link.session }, 'a guest looks on');
    await new Guest({ stream, signal, mayShare, forMs: link.untilMs - monotonicMs() }, room).run();
    return 0;
  }

  judgeAgain(): void {
    for (const room of this.#rooms.values()) {
      room.judgeAgain();
      const { record } = this.#options.access()?.access ?? { record: 'off' };
      if (record === 'required' && !room.isRecorded)
        room.live.cut('sessions have to be recorded now, and this one is not');
    }
  }

  /** @throws TowlineError RECORDING_… where it is required */
  async #recorded(room: Room): Promise<Recorder | undefined> {
    const { access, recordings, log } = this.#options;
    const { record, auditors } = access()?.access ?? { record: 'off', auditors: [] };
    if (record === 'off') return undefined;
    const required = record === 'required';
    const { live } = room;
    try {
      const recorder = await (await recordings()).begin({
        ...{ start: live.start, required, auditors },
        onFailure: error => {
          room.unrecorded = true;
          if (required) live.cut(`${error.code} ${error.message}`);
          else room.say(`this session is not recorded any more: ${error.message}`);
        },
      });
      if (live.start.terminal !== undefined) live.say('this session is recorded');
      return recorder;
    } catch (error) {
      if (required) throw error;
      log.warn({ session: live.start.id, error: messageOf(error) }, 'a session is not recorded');
      live.say(`this session is not recorded: ${messageOf(error)}`);
      return undefined;
    }
  }
}

function noShare(why: string): TowlineError {
  return new TowlineError('ACCESS_SHARE_REFUSED', why);
}

function wantedOf({ kind }: SessionVisit, { live }: Room): Wanted {
  const { app, service, user } = live.start;
  if (kind === 'watch') return { kind };
  // What is typed there is done as the user of the session, whoever types it.
  return { kind: 'service', app, service, entered: user === undefined ? {} : { user } };
}
