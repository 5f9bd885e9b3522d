/** The examples at the end of a verb's help. */
export const examples = (lines: readonly (readonly [command: string, meaning: string])[]): string =>
  ['', 'Examples:', ...lines.flatMap(([command, meaning]) => [`  # ${meaning}`, `  $ ${command}`])].join(
    '\n',
  );
