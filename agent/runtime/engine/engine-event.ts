/** One event of the engine, as it is read; and who hears all of them. */
import { dictionary, members, number, optional, type Shape, text } from './answer-shape.ts';

export interface EngineEvent {
  readonly Type?: string | undefined;
  readonly Action?: string | undefined;
  readonly Actor?:
    | { readonly ID?: string | undefined; readonly Attributes?: Readonly<Record<string, string>> | undefined }
    | undefined;
  /** Nanoseconds since the epoch, as finely as JSON's numbers go. */
  readonly timeNano?: number | undefined;
}

export const engineEvent: Shape<EngineEvent> = members<EngineEvent>({
  Type: optional(text),
  Action: optional(text),
  Actor: optional(members({ ID: optional(text), Attributes: optional(dictionary(text)) })),
  timeNano: optional(number),
});

/** Hears what the agent hears, also what happened while the stream was cut. */
export interface EventEar {
  heard(event: EngineEvent): void;
  /** Seconds since the epoch, from where on it has not heard all; undefined: only what comes. */
  since(): string | undefined;
}
