/** A page as somebody reads who types what stands there: its blocks, in order, and lines between backticks. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

export interface Block {
  readonly page: string;
  readonly heading: string;
  /** Line of the page on which it begins. */
  readonly line: number;
  /** `sh`, `yaml`, …; empty where the page names none. */
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks, and those that stand four letters in; blocks of list items too. */
export function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { line: number; language: string; indent: string; fenced: boolean; lines: string[] } | undefined;
  const close = () => {
    if (open === undefined) return;
    const { line, language, lines } = open;
    blocks.push({ page, heading, line, language, text: lines.join('\n').trimEnd() });
    open = undefined;
  };
  const all = text.split('\n');
  for (const [index, line] of all.entries()) {
    const [fence, indent = '', language = ''] = /^(\s*)```(\w*)/.exec(line) ?? [];
    if (open?.fenced === true) {
      if (fence === undefined)
        open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      else close();
    } else if (fence !== undefined) {
      close();
      open = { line: index + 1, language, indent, fenced: true, lines: [] };
    } else if (/^ {4}\S/.test(line) && (open !== undefined || all[index - 1] === '')) {
      open ??= { line: index + 1, language: '', indent: '    ', fenced: false, lines: [] };
      open.lines.push(line.slice(4));
    } else {
      close();
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  close();
  return blocks;
}

/** A shell asks for more: a backslash, a pipe, a loop that has not ended. */
function goesOn(command: string): boolean {
  const count = (word: RegExp) => command.match(word)?.length ?? 0;
  return /(?:\\|\||&&)$/.test(command) || count(/(?:^|[;\s])do(?=\s|$)/g) > count(/(?:^|[;\s])done\b/g);
}

/**
 * A block's lines as they are typed: what goes on in the next line (a shell asks for more, a here-document) with it.
 * Comments are read, not typed.
 */
export function commandsOf(text: string): string[] {
  const commands: string[] = [];
  let command = '';
  let until: string | undefined;
  for (const line of text.split('\n')) {
    command = command === '' ? line : `${command}\n${line}`;
    until ??= /<<-?\s*['"]?(\w+)['"]?/.exec(line)?.[1];
    if (until !== undefined && line !== until) continue;
    until = undefined;
    if (goesOn(command)) continue;
    if (command.trim() !== '' && !command.startsWith('#')) commands.push(command);
    command = '';
  }
  if (command.trim() !== '') commands.push(command);
  return commands;
}

/** What stands between backticks in a page's words. */
export function linesOf(text: string): string[] {
  const words = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...words.matchAll(/`([^`]+)`/g)].map(match => (match[1] ?? '').replaceAll(/\s+/g, ' '));
}

export class Page {
  readonly name: string;
  readonly #text: string;
  readonly #blocks: Block[];
  readonly #taken = new Set<Block>();

  constructor(name: string) {
    this.name = name;
    this.#text = readFileSync(path.join(root, name), 'utf8');
    this.#blocks = blocksOf(name, this.#text);
  }

  /** The blocks of a section. @throws Error where the page has none */
  blocks(heading: string): Block[] {
    const found = this.#blocks.filter(block => block.heading === heading);
    if (found.length === 0) throw new Error(`${this.name} has no block in "${heading}"`);
    return found;
  }

  /** @returns the block of that section in which this stands. @throws Error where there is not exactly one */
  block(heading: string, has: string): Block {
    const found = this.blocks(heading).filter(({ text }) => text.includes(has));
    const [block] = found;
    if (block === undefined || found.length > 1)
      throw new Error(`${this.name} has ${found.length} blocks with ${has} in "${heading}"`);
    this.#taken.add(block);
    return block;
  }

  /** Blocks that nobody has asked for by `block`. */
  untaken(): Block[] {
    return this.#blocks.filter(block => !this.#taken.has(block));
  }

  /** A line that stands on the page between backticks. @throws Error where it does not */
  line(text: string): string {
    if (!this.#text.replaceAll(/\s+/g, ' ').includes(`\`${text}\``))
      throw new Error(`${this.name} does not say \`${text}\``);
    return text;
  }
}
