/** Sinks as gateway.yaml has them, checked and opened as the gateway does it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readFleetFile } from '../../../../core/fleet/read-file.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { emptyFleetView } from '../../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../../gateway/fleet/fleet-view-holder.ts';
import type { RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { openFluentd } from '../../../../gateway/sinks/fluentd/open.ts';
import { openGelf } from '../../../../gateway/sinks/gelf/open.ts';
import type { SinkFile, SinkServices } from '../../../../gateway/sinks/open-sink.ts';
import { openRemoteWrite } from '../../../../gateway/sinks/remote-write/open.ts';
import { openSyslog } from '../../../../gateway/sinks/syslog/open.ts';
import { origin } from './deliveries.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const view = new FleetViewHolder(emptyFleetView('0'.repeat(40)));

/** @param sinks the key `sinks` of gateway.yaml, with its name */
export async function openedSinks(sinks: string): Promise<ReadonlyMap<string, RecordSink>> {
  const text = `apiVersion: towline/v1\nfleet: ${origin.fleet}\nanchor: ${'a'.repeat(40)}\n${sinks}`;
  const { file, problems } = readFleetFile('gateway', 'gateway.yaml', Buffer.from(text));
  assert.deepEqual(problems, []);
  const named = Object.entries(file?.value.sinks ?? {});
  return new Map(
    await Promise.all(named.map(async ([name, sink]) => [name, await opened(name, sink)] as const)),
  );
}

/** The only one. */
export async function openedSink(sinks: string): Promise<RecordSink> {
  const [sink] = (await openedSinks(sinks)).values();
  assert.ok(sink);
  return sink;
}

/** Blocks between fences of a page of the guides, by the language behind the fence. */
export function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(path.join(root, 'docs/guides/sinks', page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, block = '']) =>
    found === language ? [block] : [],
  );
}

function opened(name: string, sink: SinkFile): RecordSink | Promise<RecordSink> {
  const services: SinkServices = {
    name,
    fleet: origin.fleet,
    folder: '/nowhere',
    view,
    clock: createSystemClock(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  if (sink.kind === 'syslog') return openSyslog(sink, services);
  if (sink.kind === 'gelf') return openGelf(sink, services);
  if (sink.kind === 'fluentd') return openFluentd(sink, services);
  if (sink.kind === 'remote-write') return openRemoteWrite(sink, services);
  throw new Error(`not opened here: ${sink.kind}`);
}
