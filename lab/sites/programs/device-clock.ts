/** The clock of a device: its programs see it through libfaketime, which reads a file once a second. Timers go on as they are. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const folders = '/usr/lib';
const library = 'faketime/libfaketimeMT.so.1';

/** Path of the library, as Debian has it below the machine's architecture. */
export function fakeTimeLibrary(): string | undefined {
  return readdirSync(folders)
    .map(name => path.join(folders, name, library))
    .find(file => existsSync(file));
}

/** Variables of a program whose clock the file moves. */
export function clockEnvironment(file: string): Record<string, string> {
  const preload = fakeTimeLibrary();
  if (preload === undefined) return {};
  return {
    LD_PRELOAD: preload,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // How long something takes is as it was; only the time of day is another one.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

/** Content of the file. @param offsetMs positive: the device is ahead of this machine */
export const clockText = (offsetMs: number): string =>
  `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1000).toFixed(3)}\n`;
