/** The one log of all programs: the part of pino that is used. A constant message, variable fields before it. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that can be narrowed: each line of the child bears the given fields too. */
export interface ProgramLog extends Log {
  child(fields: object): ProgramLog;
}
