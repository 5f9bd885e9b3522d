/** What happens on this device, in order: of its containers by the engine's own events, of the agent as it says it. */
import path from 'node:path';
import type { Clock } from '../../../core/io/clock.ts';
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import { isDiskFull } from '../../../core/io/file/disk-full.ts';
import type { EventRecord } from '../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { EngineEvent, EventEar } from '../../runtime/engine/engine-event.ts';
import type { Collector, Scene, Spool } from '../collector.ts';
import { Calm } from './calm.ts';
import { EngineWords, type Noted } from './engine-words.ts';
import { type EventState, type OpenSegment, parseEventState } from './event-state.ts';
import { StatusEvents } from './status-events.ts';

/** Held in memory; what is older goes, and is counted. */
const maxRecords = 200;
const maxTextLength = 500;
const maxPulls = 64;
/** What was kept back is summed up so often, milliseconds. */
const sumUpMs = 60_000;
const second = 1e9;

export interface EventsOptions {
  /** `<stateDirectory>/telemetry`. */
  readonly folder: string;
  readonly device: string;
  readonly clock: Clock;
  /** What was last said of the projects, before this start. */
  readonly said?: StatusFile['projects'];
}

export class EventsCollector implements Collector, EventEar {
  readonly name = 'events';
  readonly #clock: Clock;
  readonly #file: CheckedFile<EventState>;
  readonly #words: EngineWords;
  readonly #calm = new Calm<Noted>();
  readonly #changes: StatusEvents;
  /** As it is on the disk. */
  #state: EventState;
  #next: number;
  #heardNano: number;
  /** How far it was heard when the stream began. */
  #resumedNano = 0;
  #records: EventRecord[] = [];
  #lost = 0;
  #images: ReadonlySet<string> = new Set();
  /** Of images that no project that is known yet names. */
  readonly #pulls: { readonly event: EngineEvent; readonly timeMs: number }[] = [];
  #spool: Spool | undefined;
  #putting: Promise<void> = Promise.resolve();

  private constructor(
    { clock, device, said = [] }: EventsOptions,
    file: CheckedFile<EventState>,
    state: EventState,
  ) {
    this.#clock = clock;
    this.#file = file;
    this.#words = new EngineWords(device);
    this.#changes = new StatusEvents(said);
    this.#state = state;
    this.#next = state.next;
    this.#heardNano = state.heardNano;
  }

  /** Where nothing is remembered, numbers begin at the seconds since the epoch: no earlier one is given again. */
  static async open(options: EventsOptions): Promise<EventsCollector> {
    const file = new CheckedFile(path.join(options.folder, 'events'), parseEventState);
    const found = await file.read();
    const fresh = { next: Math.floor(options.clock.now() / 1000), heardNano: 0 };
    return new EventsCollector(options, file, found.kind === 'value' ? found.value : fresh);
  }

  look({ desired }: Scene): void {
    const services = desired.projects.flatMap(({ model }) => Object.values(model.services));
    this.#images = new Set(services.flatMap(({ image }) => (image === undefined ? [] : [familiar(image)])));
    for (const { event, timeMs } of this.#pulls.splice(0)) {
      const noted = this.#words.of(event, this.#images);
      if (noted !== undefined) this.#tell(noted, timeMs);
    }
  }

  /** Something that the agent says of itself: an app was applied, a tunnel opened. At any time. */
  note(noted: Noted): void {
    this.#tell(noted, this.#clock.now());
  }

  /** Each status as it is said: what has changed since the one before. */
  saw(status: StatusFile): void {
    for (const noted of this.#changes.of(status)) this.note(noted);
  }

  /** Whole seconds: the engine's own numbers are finer than those of JSON. */
  since(): string | undefined {
    this.#resumedNano = this.#heardNano;
    return this.#heardNano === 0 ? undefined : String(Math.floor(this.#heardNano / second));
  }

  /** An event of the engine. One that was heard before the stream was cut is passed over. */
  heard(event: EngineEvent): void {
    const nano = event.timeNano ?? 0;
    // An earlier one than was asked for is not heard again: the clock was set back.
    const fromNano = Math.floor(this.#resumedNano / second) * second;
    if (nano >= fromNano && nano <= this.#resumedNano) return;
    if (nano > 0) this.#heardNano = nano;
    const timeMs = nano > 0 ? nano / 1e6 : this.#clock.now();
    const noted = this.#words.of(event, this.#images);
    if (noted !== undefined) this.#tell(noted, timeMs);
    // An image is pulled before the pass that wants it has ended.
    else if (event.Type === 'image' && event.Action === 'pull' && this.#pulls.length < maxPulls)
      this.#pulls.push({ event, timeMs });
  }

  async run(spool: Spool, signal: AbortSignal): Promise<void> {
    this.#spool = spool;
    if (this.#records.length > 0) spool.urgent();
    while (!signal.aborted) {
      await this.#clock.sleep(sumUpMs, signal).catch(() => undefined);
      for (const { last, more } of this.#calm.over(this.#clock.monotonic())) {
        const text = `${last.text} (and ${more} more like it within 10 minutes)`;
        this.#record({ ...last, text, fields: { ...last.fields, more } }, this.#clock.now());
      }
    }
  }

  /** One at a time. @throws what the spool throws, but for a full disk: then records wait here */
  settle(): Promise<void> {
    const next = this.#putting.then(() => this.#put());
    this.#putting = next.catch(() => undefined);
    return next;
  }

  #tell(noted: Noted, timeMs: number): void {
    const key = [noted.project, noted.service, noted.name].join(' ');
    if (noted.always !== true && !this.#calm.admits(key, noted, this.#clock.monotonic())) return;
    this.#record(noted, timeMs);
    if (noted.urgent === true) this.#spool?.urgent();
  }

  #record({ urgent: _urgent, always: _always, ...noted }: Noted, timeMs: number): void {
    const time = new Date(
      Number.isFinite(timeMs) && timeMs < 8e15 ? timeMs : this.#clock.now(),
    ).toISOString();
    const text = noted.text.slice(0, maxTextLength).toWellFormed();
    this.#records.push({ kind: 'event', sequence: this.#next, time, ...noted, text });
    this.#next += 1;
    if (this.#records.length <= maxRecords) return;
    this.#records.shift();
    this.#lost += 1;
  }

  async #put(): Promise<void> {
    const spool = this.#spool;
    if (spool === undefined) return;
    try {
      if (this.#state.open !== undefined) await this.#putOpen(spool, this.#state.open);
      const [first] = this.#records;
      if (first === undefined) return;
      if (this.#lost > 0) {
        const text = `${this.#lost} events were lost: there was no room for them`;
        this.#record(
          { name: 'events.lost', level: 'warn', text, fields: { lost: this.#lost } },
          this.#clock.now(),
        );
        this.#lost = 0;
      }
      await this.#open();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    if (this.#state.open !== undefined) await this.#putOpen(spool, this.#state.open).catch(unlessDiskFull);
  }

  /** First on the disk, with the numbers that it takes; then in the spool. */
  async #open(): Promise<void> {
    // More may come while this is written.
    const records = [...this.#records];
    const sequence = records[0]?.sequence ?? this.#next;
    const packed = writeSegment(records).toString('base64');
    await this.#write({
      next: this.#next,
      heardNano: this.#heardNano,
      open: { sequence, records: records.length, packed },
    });
    const last = records.at(-1)?.sequence ?? 0;
    this.#records = this.#records.filter(record => record.sequence > last);
  }

  async #putOpen(spool: Spool, { sequence, records, packed }: OpenSegment): Promise<void> {
    const bytes = Buffer.from(packed, 'base64');
    await spool.put({ path: segmentPath({ kind: 'events', sequence }), class: 'event', records, bytes });
    const { next, heardNano } = this.#state;
    await this.#write({ next, heardNano });
  }

  async #write(state: EventState): Promise<void> {
    await this.#file.write(state);
    this.#state = state;
  }
}

/** As the engine names it in its events. */
function familiar(image: string): string {
  return image.replace(/^docker\.io\/(?:library\/)?/, '');
}

function unlessDiskFull(error: unknown): void {
  if (!isDiskFull(error)) throw error;
}
