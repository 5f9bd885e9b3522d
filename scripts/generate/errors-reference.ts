import { errorRegistry } from '../../core/errors.ts';

const nextWords = {
  retry: 'Towline tries again by itself.',
  'wait-commit': 'Another commit mends it.',
  person: 'A person must act.',
  fatal: 'The program ends.',
};

/** docs/reference/errors.md: every code with cause and remedy, from the registry. */
export function errorsReference(): string {
  const codes = Object.entries(errorRegistry).sort(([left], [right]) => (left < right ? -1 : 1));
  const lines = [
    '# Error codes',
    '',
    '<!-- Generated from core/errors/ by `npm run generate`. Do not edit. -->',
    '',
  ];
  for (const [code, entry] of codes) {
    lines.push(
      `## ${code}`,
      '',
      `**Cause.** ${entry.cause}`,
      '',
      `**Remedy.** ${entry.remedy}`,
      '',
      `**Next.** ${nextWords[entry.next]}`,
      '',
    );
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
