/** One import and one pass in a process of its own, without an engine: it may be killed at any change of the disk. */
import { createReadStream } from 'node:fs';
import { takeIn } from '../../../agent/bundle/take-in.ts';
import { lockState } from '../../../agent/program/state-lock.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { FedDevice } from './fed-device.ts';

export interface ImportingChild {
  readonly stateDirectory: string;
  readonly anchor: string;
  /** The bundle; undefined: only the pass. */
  readonly file?: string;
}

const { stateDirectory, anchor, file }: ImportingChild = JSON.parse(process.argv[2] ?? '{}');
const never = new AbortController().signal;
if (file !== undefined) {
  await using _lock = await lockState(stateDirectory, 'import.lock');
  const bundle = await openBundle(createReadStream(file));
  await takeIn(bundle, { stateDirectory, fleet: 'acme', onProgress() {} }, never);
}
const device = new FedDevice(stateDirectory, anchor);
const { verdict, facts } = await device.pass();
await device.end();
process.stdout.write(`${verdict.trusted.commit} ${facts.byBundle?.timeSec ?? 'none'} `);
