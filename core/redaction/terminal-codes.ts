/** Escape sequences of terminals (ECMA-48, 5.4; xterm's OSC): they colour, and would stand within a secret, too. */

const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /(?:\u001b\[|\u009b)[0-9;:?<=>]*[ -/]*[@-~]?|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/gu;

export function withoutTerminalCodes(text: string): string {
  return text.includes('\u001b') || text.includes('\u009b') ? text.replace(sequence, '') : text;
}
