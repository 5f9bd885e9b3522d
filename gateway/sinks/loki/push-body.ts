/** The body of a push: streams by their labels, in each the lines by their time (Loki HTTP API, `POST /loki/api/v1/push`). */
import type { Delivery, EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { type Instant, instantOf, nanosecondsWord } from '../instant.ts';
import { type Facts, factsOf } from './facts.ts';

interface Line {
  readonly at: Instant;
  readonly text: string;
  readonly metadata: Facts;
}

interface Stream {
  readonly labels: Facts;
  readonly lines: Line[];
}

/** Whether a device may have a stream with these labels. */
export type MayHave = (device: string, stream: string) => boolean;

/** @param labels names of what makes a stream. @returns undefined where there is no line in it */
export function pushBody(
  batch: readonly Delivery[],
  labels: readonly string[],
  mayHave: MayHave = () => true,
): string | undefined {
  const streams = new Map<string, Stream>();
  for (const delivery of batch) {
    if (delivery.kind === 'metrics') continue;
    const metadata = factsOf(delivery);
    let own = takenOut(metadata, labels);
    let key = JSON.stringify(own);
    if (!streams.has(key) && !mayHave(delivery.origin.device, key)) {
      own = withoutNames(own, metadata);
      key = JSON.stringify(own);
    }
    const stream = streams.get(key) ?? { labels: own, lines: [] };
    const at = instantOf(delivery.record.time, delivery.origin);
    stream.lines.push({ at, text: textOf(delivery), metadata });
    streams.set(key, stream);
  }
  if (streams.size === 0) return undefined;
  return JSON.stringify({ streams: [...streams.values()].map(written) });
}

/** Segments of one container overlap in time, one for each class; a stream is read in order. */
function written({ labels, lines }: Stream): unknown {
  const inOrder = lines.toSorted(
    (a, b) => a.at.seconds - b.at.seconds || a.at.nanoseconds - b.at.nanoseconds,
  );
  return {
    stream: labels,
    values: inOrder.map(({ at, text, metadata }) => [nanosecondsWord(at), text, metadata]),
  };
}

/** Labels leave the metadata: Loki would call them `…_extracted` there. */
function takenOut(facts: Facts, names: readonly string[]): Facts {
  const labels: Facts = {};
  for (const name of names) {
    const value = facts[name];
    if (value === undefined) continue;
    labels[name] = value;
    delete facts[name];
  }
  return labels;
}

/** Of a device that names more than it may: what it calls them is told with the line. */
function withoutNames(labels: Facts, metadata: Facts): Facts {
  const plain: Facts = { ...labels };
  for (const name of ['project', 'service']) {
    const said = plain[name];
    if (said === undefined) continue;
    metadata[`field_${name}`] = said;
    plain[name] = 'too_many';
  }
  return plain;
}

function textOf({ record }: LogDelivery | EventDelivery): string {
  return record.kind === 'gap' ? gapText(record) : record.text;
}
