/**
 * Words that a device or a release brought, for programs that make links and calls of what they read: nobody is called by them, and
 * nothing in them can be clicked. They are told apart as people who report attacks write such things: `evil[.]example`.
 */

const parts: readonly (readonly [RegExp, string])[] = [
  // First, so that brackets of our own are the only ones: `[text](address)` is a link.
  [/[[\]]/g, '|'],
  [/[<>]/g, '|'],
  [/@/g, '[at]'],
  [/:\/\//g, '[:]//'],
  [/\b(mailto|tel|sms|javascript|data):/gi, '$1[:]'],
  // What a program takes for the name of a host; a release such as 1.5.0 is none.
  [/(?<=[\p{L}\p{N}-])\.(?=\p{L}{2})/gu, '[.]'],
  // Channels of Slack, and what formats: `code`, *bold*, _slanted_, ~struck~.
  [/(^|\s)[#!](?=[\p{L}\p{N}])/gu, '$1'],
  [/[`*~]/g, "'"],
];

export function safeWords(text: string): string {
  return parts.reduce((words, [pattern, instead]) => words.replace(pattern, instead), text);
}
