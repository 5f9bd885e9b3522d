/** Bodies for `_bulk`: an action and a document in turn, a line each. */
import type { Delivery } from '../delivery.ts';
import {
  type DataStream,
  type Document,
  dataStreamName,
  eventDocument,
  logDocument,
  type OfCommit,
  ofCommit,
} from './document.ts';
import { metricDocuments } from './metric-documents.ts';

export interface BulkItem {
  readonly delivery: Delivery;
  /** Of its delivery: metrics become several documents. */
  readonly isLast: boolean;
  /** Two lines. */
  readonly text: string;
}

/** A body is sent when it has this much. A node takes 100 MB unless told otherwise, what stands in front of it 1 MB. */
const maxBodyLength = 1024 * 1024;

/** Items in turn, as many in each as one request takes; one that is larger comes by itself. */
export function* bulkBodies(
  batch: readonly Delivery[],
  namespace: string,
): Generator<readonly [BulkItem, ...BulkItem[]]> {
  let open: [BulkItem, ...BulkItem[]] | undefined;
  let length = 0;
  for (const item of items(batch, namespace)) {
    if (open !== undefined && length + item.text.length > maxBodyLength) {
      yield open;
      open = undefined;
      length = 0;
    }
    if (open === undefined) open = [item];
    else open.push(item);
    length += item.text.length;
  }
  if (open !== undefined) yield open;
}

function* items(batch: readonly Delivery[], namespace: string): Generator<BulkItem> {
  const logs: DataStream = { type: 'logs', dataset: 'towline', namespace };
  const events: DataStream = { type: 'logs', dataset: 'towline.events', namespace };
  const metrics: DataStream = { type: 'metrics', dataset: 'towline', namespace };
  let commit: OfCommit | undefined;
  for (const delivery of batch) {
    const { id, origin } = delivery;
    if (delivery.kind === 'log') {
      // One commit's records follow each other.
      if (commit?.origin !== origin) commit = ofCommit(origin, logs);
      yield { delivery, isLast: true, text: lines(id, logs, logDocument(delivery, logs, commit)) };
    } else if (delivery.kind === 'event') {
      yield { delivery, isLast: true, text: lines(id, events, eventDocument(delivery, events)) };
    } else {
      let before: string | undefined;
      for (const { id, document } of metricDocuments(delivery, metrics)) {
        if (before !== undefined) yield { delivery, isLast: false, text: before };
        before = lines(id, metrics, document);
      }
      if (before !== undefined) yield { delivery, isLast: true, text: before };
    }
  }
}

/** A data stream takes `create` alone: a document whose id is there already is answered 409, and stays the one it was. */
function lines(id: string, stream: DataStream, document: Document): string {
  const action = `{"create":{"_index":${JSON.stringify(dataStreamName(stream))},"_id":${JSON.stringify(id)}}}`;
  return `${action}\n${JSON.stringify(document)}\n`;
}
