/** `towline portal login URL`: shows a gateway's page who one is, by one's own SSH key, and opens it. */
import type { Command } from 'commander';
import { portalLoginNamespace, readPortalChallenge } from '../../core/access/portal-login.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { type Fields, fieldsOf, readFields } from '../../core/json.ts';
import { printable } from '../../core/shown-text.ts';
import { examples } from '../command/examples.ts';
import { assertOwnOptions } from '../command/own-options.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { signStatement } from '../desk/sign-statement.ts';
import { addressWith, showPage } from './shown-address.ts';

interface LoginOptions {
  readonly key?: string;
  readonly browser: boolean;
  readonly json?: boolean;
}

const timeoutMs = 30_000;
const maxAnswerBytes = 64 * 1024;
/** What is signed is good for no longer than this, milliseconds. */
const longestMs = 10 * 60_000;

async function logIn(place: string, options: LoginOptions, signal: AbortSignal): Promise<void> {
  const origin = originOf(place);
  const { id, text } = await post(`${origin}/api/v1/login/ssh/begin`, {}, signal);
  if (typeof id !== 'string' || typeof text !== 'string') throw noPortal(origin, 'it gives no challenge');
  const challenge = readPortalChallenge(text);
  // It could have one sign what logs in elsewhere.
  if (challenge === undefined || challenge.origin !== origin || challenge.untilMs > Date.now() + longestMs)
    throw noPortal(origin, 'what it has one sign is no login there');
  const directory = process.cwd();
  const signature = await signStatement(
    Buffer.from(text),
    { directory, key: options.key, namespace: portalLoginNamespace },
    signal,
  );
  if (!signature.startsWith('-----BEGIN SSH SIGNATURE-----'))
    throw new TowlineError(
      'CLI_SIGNING_KEY',
      'logging in takes an SSH key of your operator file: --key FILE',
    );
  const { word } = await post(`${origin}/api/v1/login/ssh/finish`, { id, signature, word: true }, signal);
  if (typeof word !== 'string') throw noPortal(origin, 'it takes nobody in');
  const address = addressWith(origin, word);
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ address });
  else terminal.lines(`${address}\nGood once, for two minutes.`);
  if (options.browser) await showPage(address);
}

function originOf(place: string): string {
  const url = URL.canParse(place) ? new URL(place) : undefined;
  if (url?.protocol === 'https:' && url.username === '') return url.origin;
  throw new TowlineError(
    'CLI_USAGE',
    `${place} is no address of a portal, such as https://portal.example.com`,
  );
}

/** @throws TowlineError as the portal says; CLI_GATEWAY_UNREACHABLE */
async function post(address: string, body: object, signal: AbortSignal): Promise<Fields> {
  const { origin } = new URL(address);
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    const why = messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', `${origin}: ${why}`, { cause });
  });
  const answer = await fieldsOfAnswer(response);
  if (response.ok) return answer;
  const { code, message } = fieldsOf(answer.error);
  if (!isErrorCode(code)) throw noPortal(origin, `it answers ${response.status}`);
  throw new TowlineError(code, printable(String(message)));
}

async function fieldsOfAnswer(response: Response): Promise<Fields> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > maxAnswerBytes) return {};
  }
  return text.startsWith('{') ? readFields(text) : {};
}

function noPortal(origin: string, why: string): TowlineError {
  return new TowlineError('LOGIN_NOT_OFFERED', `${origin} is no portal of Towline: ${why}`);
}

export function registerPortalLogin(command: Command, stop: Stop): void {
  command
    .command('login')
    .description('Log in at a gateway’s page by your SSH key, and open it.')
    .argument('<url>', 'of the page: https://portal.example.com')
    .option('--key <key>', 'a key of your operator file, as git takes it (default: user.signingkey)')
    .option('--no-browser', 'print the address, and start no browser')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline portal login https://portal.acme.com', 'with the key that signs your commits'],
        [
          'towline portal login https://portal.acme.com --key ~/.ssh/id_ed25519.pub',
          'with one that ssh-agent holds',
        ],
      ]),
    )
    .action((url: string, _options: LoginOptions, verb: Command) => {
      assertOwnOptions(verb);
      // Those that the verb above has, too, it has taken.
      return logIn(url, verb.optsWithGlobals<LoginOptions>(), stop());
    });
}
