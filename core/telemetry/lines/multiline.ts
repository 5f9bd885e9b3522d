/** Which lines belong to the one before: by what the languages themselves print. */
import type { MultilineKind } from './log-settings.ts';

/** `trace`: of an exception or a panic, more of it may come. `ended`: it has come to its last line. */
export type Shape = 'plain' | 'trace' | 'ended';

export interface Multiline {
  /** Of a record that begins with this line. */
  begin(line: string): Shape;
  /**
   * @param isCalm the record says of itself that nothing is wrong: no trace belongs to it
   * @returns undefined: the line begins a record of its own
   */
  next(shape: Shape, line: string, isCalm: boolean): Shape | undefined;
}

function isIndented(line: string): boolean {
  const code = line.charCodeAt(0);
  return code === 0x20 || code === 0x09;
}

const indent: Multiline = {
  begin: () => 'plain',
  next: (shape, line) => (isIndented(line) ? shape : undefined),
};

/** Throwable.printStackTrace, as the JDK's documentation has it. */
const javaException = /^(?:[\w$]{1,200}\.){0,30}[\w$]{0,200}(?:Exception|Error|Throwable)(?::|\s*$)/u;
const javaThread = /^Exception in thread "/u;
const javaCause = /^(?:Caused by|Suppressed): /u;

const java: Multiline = {
  begin: line => (javaException.test(line) || javaThread.test(line) ? 'trace' : 'plain'),
  next(shape, line, isCalm) {
    if (isIndented(line)) return shape;
    if (javaCause.test(line)) return 'trace';
    return shape === 'plain' && !isCalm && javaException.test(line) ? 'trace' : undefined;
  },
};

const pythonTrace = 'Traceback (most recent call last):';
const pythonChain = /^(?:During handling of the above exception|The above exception was the direct cause)/u;
const pythonException = /^[\w.]{1,255}(?::|\s*$)/u;

const python: Multiline = {
  begin: line => (line.startsWith(pythonTrace) ? 'trace' : 'plain'),
  next(shape, line, isCalm) {
    if (isIndented(line)) return shape;
    if (shape === 'plain') return !isCalm && line.startsWith(pythonTrace) ? 'trace' : undefined;
    if (line.trim() === '') return shape;
    if (pythonChain.test(line)) return 'trace';
    if (shape === 'ended') return undefined;
    if (line.startsWith(pythonTrace)) return 'trace';
    return pythonException.test(line) ? 'ended' : undefined;
  },
};

const goBegins = /^(?:panic: |fatal error: |goroutine \d{1,20} \[|SIG[A-Z]{2,10}: )/u;
const goGoesOn =
  /^(?:goroutine \d|created by |\[signal |panic: |runtime |exit status \d|\[recovered\]|PC=|\w{2,6} +0x)/u;

const go: Multiline = {
  begin: line => (goBegins.test(line) ? 'trace' : 'plain'),
  next(shape, line) {
    if (isIndented(line)) return shape;
    if (shape === 'plain') return undefined;
    const isCall = line.endsWith(')') && /^[^\s(]{0,200}\(/u.test(line);
    return line === '' || isCall || goGoesOn.test(line) ? 'trace' : undefined;
  },
};

export const multilines: Readonly<Record<MultilineKind, Multiline>> = { java, python, go, indent };
