/** The gateway as a program: configuration, log, signals. */

import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import pino from 'pino';
import { messageOf } from '../core/errors/cause.ts';
import { isTowlineError } from '../core/errors.ts';
import { endOnFault } from '../core/io/last-resort.ts';
import { nativeCiphersLoaded } from '../core/io/ssh/ssh-native.ts';
import { createSystemClock } from '../core/io/system-clock.ts';
import { shownLines } from '../core/shown-text.ts';
import { Gateway } from './gateway.ts';
import { readSettings } from './settings.ts';

/** This program again, as something small: the helper that starts git, the door of main. */
function again(as: '--git-helper' | '--main-door'): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', as];
}

/**
 * What a fleet that comes at once has left is collected before the heap has grown to thrice: 300 devices that pull an image
 * leave 60 MB, and as much outside of the heap. A V8 that does not know the word says so and goes on.
 */
const growPercent = 50;

/** @returns the exit code: 0 after a drain, 1 when it could not run, 2 when gateway.yaml is wrong. */
export async function runGateway(configPath: string): Promise<number> {
  setFlagsFromString(`--heap-growing-percent=${growPercent}`);
  const output = pino.destination({ fd: 1, sync: true });
  // A log that a full disk does not take is lost: no reason to serve no device.
  output.on('error', () => undefined);
  const log = pino({ base: null }, shownLines(output));
  using _fault = endOnFault(log, 'GATEWAY_INTERNAL');
  try {
    const settings = await readSettings(configPath);
    log.level = settings.logLevel;
    if (!nativeCiphersLoaded()) {
      log.warn("ssh2's native addon is not loaded: tunnels carry about 0.6 of what they could");
    }
    const gateway = new Gateway({
      settings,
      helperCommand: again('--git-helper'),
      doorCommand: again('--main-door'),
      log,
      clock: createSystemClock(),
    });
    const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    // A second one, to the whole group of processes or from `towline` passing its own on, must not cut the drain off.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
    process.on('SIGHUP', () => {
      readSettings(configPath)
        .then(changed => gateway.reload(changed))
        .then(() => log.info('reloaded'))
        .catch(error => log.error({ err: error }, 'not reloaded: what was in effect stays'));
    });
    const addresses = await gateway.start();
    log.info({ addresses, fleet: settings.fleet }, 'gateway is up');
    await ended;
    log.info({ drainMs: settings.drainMs }, 'draining');
    await gateway.stop(settings.drainMs);
    log.info('gateway ended');
    return 0;
  } catch (error) {
    const known = isTowlineError(error);
    log.fatal(known ? { code: error.code, remedy: error.remedy } : { err: error }, messageOf(error));
    return known && error.code === 'GATEWAY_CONFIG_INVALID' ? 2 : 1;
  }
}
