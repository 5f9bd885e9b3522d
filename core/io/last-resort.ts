/**
 * What a program does when something fails that nobody caught. It is no defence: what peers send ends in peer-work.ts.
 * After a fault of our own nobody knows what still holds, so the program says so, ends, and is started anew.
 */
export interface LastWords {
  error(fields: object, message: string): void;
}

/** Until it is disposed: exit 1. @param code of the program's own faults */
export function endOnFault(log: LastWords, code: string): Disposable {
  const onFault = (error: unknown) => {
    log.error({ code, err: error }, 'a fault of this program, which ends; its supervisor starts it anew');
    process.exit(1);
  };
  process.on('uncaughtException', onFault);
  return { [Symbol.dispose]: () => process.off('uncaughtException', onFault) };
}
