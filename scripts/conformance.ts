/**
 * `npm run conformance -- FOLDER [--json]`: scores a folder of documents against what an oracle said of them.
 * FOLDER/NNN/compose.yaml stands beside expected.json (the oracle's model) or rejected.txt (its refusal).
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConformance, type Score } from './conformance/score.ts';

function report(score: Score): string {
  const lines = [`${score.equal.length} of ${score.total} as the oracle has them`];
  for (const kind of ['different', 'wronglyAccepted', 'wronglyRefused'] as const) {
    for (const { name, why } of score[kind]) lines.push(`${kind} ${name}: ${why}`);
  }
  return lines.join('\n');
}

const usage = `usage: npm run conformance -- FOLDER [--json]

FOLDER/NAME/compose.yaml is read; beside it stands expected.json, the model that docker compose printed, or
rejected.txt, why it refused. Exit 0: all are equal; 1: some are not; 2: there is nothing to score.

Example: npm run conformance -- ../shared/conformance/compose`;

function refuse(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments(): { readonly folder: string; readonly json: boolean } {
  const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const [folder] = positionals;
    if (folder !== undefined && positionals.length === 1) return { folder, json: values.json };
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
  return refuse('one folder is scored at a time');
}

const { folder, json } = readArguments();
if (!existsSync(folder)) refuse(`there is no folder ${folder}`);
const score = readConformance(folder);
if (score.total === 0) refuse(`there is no document in ${folder}`);
if (json) {
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
if (score.equal.length < score.total) process.exitCode = 1;
