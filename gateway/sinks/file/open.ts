/** The sink `file`: lines of JSON on the gateway's machine, for whatever reads files. */
import { parseSize } from '../../../core/fleet/size.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import type { OpenSink } from '../open-sink.ts';
import { recordLines } from './record-lines.ts';
import { RotatedFile } from './rotated-file.ts';

export const openFile: OpenSink<'file'> = ({ path, maxBytes = '64MiB', keep = 8, sync = 'batch' }) =>
  new FileSink(new RotatedFile({ path, maxBytes: parseSize(maxBytes), keep, isSynced: sync === 'batch' }));

class FileSink implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event', 'metrics']);
  readonly #file: RotatedFile;

  constructor(file: RotatedFile) {
    this.#file = file;
  }

  async deliver(batch: readonly Delivery[]): Promise<readonly Refused[]> {
    await this.#file.append(batch.map(recordLines).join(''));
    return [];
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
