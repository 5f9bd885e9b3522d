/** `towline review plan`: the first of two jobs. It has the branch as data, no token, and asks nobody. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { compare } from './compared.ts';
import { reviewText } from './fitted.ts';
import { commentText } from './markdown/comment-text.ts';
import { reviewOf } from './review-document.ts';

interface Options {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function plan({ repo, base, head, out, json }: Options, signal: AbortSignal): Promise<void> {
  const review = await reviewOf(await compare({ repo, base, head }, signal), signal);
  if (out !== undefined) await writeFile(out, reviewText(review));
  const terminal = standardTerminal();
  if (json === true) terminal.json(review);
  else if (out !== undefined)
    terminal.line(`wrote ${out}: ${review.devices.touched} of ${review.devices.all} devices`);
  else terminal.lines(commentText(review));
}

export function registerPlan(review: Command, stop: Stop): void {
  review
    .command('plan')
    .description(
      'Say what a branch would do, folded by equal plans: from two commits alone, without a token.',
    )
    .option('--repo <dir>', 'the repository, bare or plain: nothing of it is run', '.')
    .option('--base <rev>', 'what the branch goes onto', 'origin/main')
    .option('--head <rev>', 'the branch', 'HEAD')
    .option('--out <file>', 'write the review there, for `towline review comment`')
    .option('--json', 'print the review instead of its Markdown')
    .addHelpText(
      'after',
      examples([
        ['towline review plan', 'what the comment would say of this branch'],
        [
          'towline review plan --repo fleet.git --base base --head head --out review.json',
          'in the job that plans: a bare clone, and no token',
        ],
      ]),
    )
    .action((options: Options) => plan(options, stop()));
}
