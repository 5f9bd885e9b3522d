/** What is kept of a device's newest report, once it was read: some hundred bytes, and no status. */
import { type DeviceWord, doubtfulWord, wordOf } from '../../../core/rollout/word.ts';
import { type SaidWords, saidWords } from '../../../core/status/device-words.ts';
import type { DeviceReport } from '../../../core/telemetry/device-report.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { OwnTexts } from './own-text.ts';

export interface DeviceFacts {
  /** Of its branch. */
  readonly tip: ObjectId;
  /** The key that it was checked with. */
  readonly sshKey: string | undefined;
  readonly said: SaidWords | undefined;
  /** Why what lies there is not its word. */
  readonly doubt: string | undefined;
  /** Code of why it does not follow main. */
  readonly stopped: string | undefined;
  /** As rollouts count it. */
  readonly word: DeviceWord;
  /** When it was heard last, milliseconds since the epoch: by its clock, or when its branch was seen to move. */
  readonly heardMs: number;
}

/** Of a reason that is kept, characters. */
const longestWhy = 500;

export interface ReadFacts extends Pick<DeviceFacts, 'tip' | 'sshKey'> {
  readonly report: DeviceReport;
  /** When its branch was seen to move; undefined: it was there before anybody looked. */
  readonly movedMs: number | undefined;
  readonly nowMs: number;
}

export function factsOf({ tip, sshKey, report, movedMs, nowMs }: ReadFacts, texts: OwnTexts): DeviceFacts {
  const heardMs = (timeMs: number) => movedMs ?? Math.min(Number.isFinite(timeMs) ? timeMs : 0, nowMs);
  if (report.kind === 'doubtful') {
    const doubt = texts.of(report.why);
    const word = ownWord(doubtfulWord(report.why), texts);
    return { tip, sshKey, said: undefined, doubt, stopped: undefined, word, heardMs: heardMs(0) };
  }
  const { status } = report;
  const words = saidWords(status);
  return {
    ...{ tip, sshKey, doubt: undefined },
    said: ownWords(words, texts),
    stopped: status.stopped === undefined ? undefined : texts.of(status.stopped.code),
    word: ownWord(wordOf(status, movedMs === undefined ? {} : { arrivedMs: movedMs }), texts),
    heardMs: heardMs(Date.parse(status.time)),
  };
}

const ownWords = (words: SaidWords, texts: OwnTexts): SaidWords => ({
  ...words,
  ...{ reported: texts.of(words.reported), trusted: texts.of(words.trusted), runs: texts.of(words.runs) },
  ...{ since: texts.maybe(words.since), why: texts.of(words.why.slice(0, longestWhy)) },
});

const ownWord = (word: DeviceWord, texts: OwnTexts): DeviceWord => ({
  ...word,
  ...{ trusted: texts.of(word.trusted), followed: texts.of(word.followed) },
  ...(word.doubt === undefined ? {} : { doubt: texts.of(word.doubt) }),
  apps: word.apps.map(app => ({
    ...{ ...app, app: texts.of(app.app), release: texts.maybe(app.release), digest: texts.maybe(app.digest) },
    ...{ wantedRelease: texts.maybe(app.wantedRelease), wantedDigest: texts.maybe(app.wantedDigest) },
    ...{ setAside: texts.maybe(app.setAside), message: texts.maybe(app.message) },
  })),
});
