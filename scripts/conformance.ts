/**
 * `npm run conformance -- FOLDER [--json]`: scores a folder of documents against what an oracle said of them.
 * FOLDER/NNN/compose.yaml stands beside expected.json (the oracle's model) or rejected.txt (its refusal).
 */
import { readConformance, type Score } from './conformance/score.ts';

function report(score: Score): string {
  const lines = [`${score.equal.length} of ${score.total} as the oracle has them`];
  for (const kind of ['different', 'wronglyAccepted', 'wronglyRefused'] as const) {
    for (const { name, why } of score[kind]) lines.push(`${kind} ${name}: ${why}`);
  }
  return lines.join('\n');
}

const [folder, ...more] = process.argv.slice(2).filter(argument => argument !== '--json');
if (folder === undefined || more.length > 0) {
  console.error('usage: npm run conformance -- FOLDER [--json]');
  process.exitCode = 2;
} else {
  const score = readConformance(folder);
  if (process.argv.includes('--json')) {
    const names = (kind: 'different' | 'wronglyAccepted' | 'wronglyRefused') =>
      score[kind].map(({ name }) => name);
    const output = {
      total: score.total,
      equal: score.equal,
      different: names('different'),
      wronglyAccepted: names('wronglyAccepted'),
      wronglyRefused: names('wronglyRefused'),
    };
    console.log(JSON.stringify(output, undefined, 2));
  } else console.log(report(score));
  if (score.total === 0 || score.equal.length < score.total) process.exitCode = 1;
}
