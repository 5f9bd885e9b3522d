/** `towline review comment`: the second of two jobs. It holds the token, and runs nothing of the branch. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { type Forge, type ForgeKind, forgeKinds } from '../forge/forge.ts';
import { forgeToken } from '../forge/forge-token.ts';
import { openForge } from '../forge/open-forge.ts';
import { commentText } from './markdown/comment-text.ts';
import { readReview } from './read-document.ts';

interface Options {
  readonly forge?: ForgeKind;
  readonly url?: string;
  readonly repository?: string;
  readonly number?: number;
  readonly commit?: string;
  readonly tokenFile?: string;
  readonly author?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** The first line of our comment, by which it is found again. */
const marker = '<!-- towline-plan -->';

const publicUrls: Readonly<Record<ForgeKind, string | undefined>> = {
  github: 'https://github.com',
  gitlab: 'https://gitlab.com',
  gitea: undefined,
};

async function comment(file: string | undefined, options: Options, signal: AbortSignal): Promise<void> {
  const review = await readReview(file);
  assertCommit(review, options);
  const body = commentText(review);
  const terminal = standardTerminal();
  if (options.dryRun === true) {
    if (options.json === true) terminal.json({ body });
    else terminal.lines(body);
    return;
  }
  const forge = await openedForge(options);
  const numbers = await requestsOf(forge, options, signal);
  const written = [];
  for (const number of numbers)
    written.push({ number, ...(await forge.upsertComment({ number, marker, body }, signal)) });
  const [first, ...others] = written;
  if (first === undefined) {
    const why = `no open request has ${options.commit} for its head: it has moved on`;
    if (options.json === true) terminal.json({ outcome: 'none', why });
    else terminal.line(why);
  } else if (options.json === true) terminal.json({ ...first, others });
  else for (const { outcome, url } of written) terminal.line(`${outcome}: ${url}`);
}

/** What the planning job says it has planned is compared with what the forge says the branch is. */
function assertCommit({ head }: ReviewFile, { commit }: Options): void {
  if (commit === undefined || commit === head) return;
  throw new TowlineError('CLI_REVIEW_INVALID', `the review is of ${head}, not of ${commit}`);
}

/** None: what was planned is no request's head any more, and the job of the next push has a newer plan. */
async function requestsOf(
  forge: Forge,
  { commit, number }: Options,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (number === undefined) {
    if (commit === undefined)
      throw new TowlineError('CLI_USAGE', 'which request? --number N, or --commit ID');
    return (await forge.findRequests(commit, signal)).map(each => each.number);
  }
  const head = commit === undefined ? undefined : await forge.headOf(number, signal);
  return head === undefined || head === commit ? [number] : [];
}

async function openedForge(options: Options): Promise<Forge> {
  const { forge: kind, repository, author, tokenFile } = options;
  if (kind === undefined || repository === undefined)
    throw new TowlineError(
      'CLI_USAGE',
      'which forge, which repository? --forge KIND --repository OWNER/NAME',
    );
  const url = options.url ?? publicUrls[kind];
  if (url === undefined) throw new TowlineError('CLI_USAGE', 'where is the forge? --url https://…');
  const token = await forgeToken(tokenFile, process.env);
  return openForge({ kind, url, repository, token, ...(author === undefined ? {} : { author }) });
}

function requestNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it is the number of a request');
  return Number(text);
}

function fullCommit(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError('it is the full id of a commit');
  return text;
}

export function registerComment(review: Command, stop: Stop): void {
  review
    .command('comment')
    .description('Write a review as one comment on a pull request; the one that is there is updated.')
    .argument('[file]', 'what `towline review plan` has written (default: standard input)')
    .addOption(new Option('--forge <kind>', 'which API it speaks').choices(forgeKinds))
    .option('--url <url>', 'the forge, as a browser has it (default: github.com, gitlab.com)')
    .option('--repository <owner/name>', 'the repository there')
    .option('--number <n>', 'the pull request or merge request', requestNumber)
    .option(
      '--commit <id>',
      'refuse a review of another commit, and leave a request alone that has moved on; without --number: all that end in it',
      fullCommit,
    )
    .option('--token-file <file>', 'file with the token (default: the variable TOWLINE_FORGE_TOKEN)')
    .option('--author <login>', 'whose token it is, where the forge does not say (github-actions[bot])')
    .option('--dry-run', 'print the comment, and ask no forge')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline review comment --forge github --repository acme/fleet --number 7 --token-file token < review.json',
          'in the job that comments',
        ],
        [
          'towline review comment --forge gitlab --url https://git.acme.com --repository iot/fleet --number 7 review.json',
          'with the token in TOWLINE_FORGE_TOKEN',
        ],
        ['towline review comment --dry-run review.json', 'what it would say'],
      ]),
    )
    .action((file: string | undefined, options: Options) => comment(file, options, stop()));
}
