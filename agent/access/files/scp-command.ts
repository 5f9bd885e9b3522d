/** The command that `scp -O` has run at the other end. */

export interface ScpCommand {
  readonly kind: 'sink' | 'source';
  readonly recursive: boolean;
  /** Times go along. */
  readonly times: boolean;
  /** What it is written to has to be a folder. */
  readonly intoFolder: boolean;
  /** UTF-8. */
  readonly paths: readonly string[];
  /** As it was asked for. */
  readonly words: string;
}

/** @returns undefined for any other command */
export function readScpCommand(command: string): ScpCommand | undefined {
  const [program, ...words] = shellWords(command) ?? [];
  if (program !== 'scp') return undefined;
  const end = words.findIndex(word => !word.startsWith('-') || word === '--');
  if (end === -1) return undefined;
  const options = words.slice(0, end).join('').replaceAll('-', '');
  if (!/^[vqrpdft]+$/.test(options)) return undefined;
  const [isSink, isSource] = [options.includes('t'), options.includes('f')];
  const paths = words.slice(words[end] === '--' ? end + 1 : end);
  if (isSink === isSource || paths.length === 0 || (isSink && paths.length !== 1)) return undefined;
  return {
    kind: isSink ? 'sink' : 'source',
    recursive: options.includes('r'),
    times: options.includes('p'),
    intoFolder: options.includes('d'),
    paths: paths.map(path => path.replace(/^~\/?(?=.|$)/, '') || '.'),
    words: command,
  };
}

/** Words with quotes and backslashes taken off, as a shell does it. @returns undefined where a quote has no end */
function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;
  let word: string | undefined;
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text);
    if (found === null) return undefined;
    const [whole, single, double, escaped, plain] = found;
    const part = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = `${word ?? ''}${part}`;
    else if (word !== undefined && whole !== '') {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
